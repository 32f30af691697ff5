import * as v from 'valibot'
import { matchesPattern } from './measureOptions.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const Json: v.GenericSchema<Json> = v.lazy(() =>
  v.union([v.null(), v.boolean(), v.number(), v.string(), v.array(Json), v.record(v.string(), Json)]),
)

/**
 * A change of one property in the construction of layers: the training goes as if the source had this value there. It
 * is set on every layer that `layer` matches and whose class has the property. With the layer `fit` it is a change of one
 * argument of `fit` and `fitDataset`. The property `repeat` is how many times layers are applied, 0 leaves them out;
 * `input.size` is the size that images of the model's input are brought to.
 */
export const Override = v.object({
  /** Name of the layer, in which `*` stands for any characters; or the line that constructs it, as `model.js:12`. */
  layer: v.string(),
  /** Name of a constructor argument, such as `units`. `width` is the one that sets the width of the layer's kind. */
  property: v.string(),
  value: Json,
})
export type Override = v.InferOutput<typeof Override>

/** The layer pattern that stands for the arguments of `fit` and `fitDataset`. No layer is matched by it. */
const FIT = 'fit'
/** The arguments of `fit` that can be overridden, with the smallest value of each. */
const FIT_ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ['epochs', 1],
  ['batchSize', 1],
  ['initialEpoch', 0],
])

/** The property that says how many times a layer is applied, each time with weights of its own. */
const DEPTH = 'repeat'
/** Copies of a layer at most: more are a mistake. */
const MAX_REPEATS = 100
/** The layer pattern and property that stand for the size of images at a model's input. */
const INPUT_SIZE = { layer: 'input', property: 'size' } as const

/** The overrides of a run. */
export const Overrides = v.array(Override)

/**
 * Reads the text form of an override, `LAYER.property=value`. The value is JSON; any other text is a string, so that
 * `relu` needs no quotes.
 * @returns the override, or a sentence that says what is wrong with the text.
 */
export function parseOverride(text: string): { override: Override } | { malformed: string } {
  const [, layer, property, written] = /^(.+?)\.([A-Za-z_$][\w$]*)=(.*)$/s.exec(text.trim()) ?? []
  if (layer === undefined || property === undefined || written === undefined)
    return {
      malformed: 'It is LAYER.property=value: hidden2.units=24, conv_*.kernelSize=[5,5] or model.js:12.rate=0.3.',
    }
  if (property === 'name') return { malformed: 'A layer’s name cannot be overridden: the layer is found by it.' }
  if (written.trim() === '') return { malformed: `It has no value for ${property}.` }
  const value = parseValue(written.trim())
  if (value === undefined) return { malformed: `${written.trim()} is not JSON.` }
  if (layer === FIT && !isOfFit(property, value)) {
    return { malformed: 'Of fit, whole numbers can be set: fit.epochs=3, fit.batchSize=64 or fit.initialEpoch=2.' }
  }
  const override = { layer, property, value }
  if (isOfDepth(override) && !(isWhole(value, 0) && value <= MAX_REPEATS))
    return { malformed: `A layer is repeated a whole number of times up to ${MAX_REPEATS}; 0 leaves it out.` }
  if (isOfInputSize(override) && !isSize(value))
    return {
      malformed: 'The size of an input is a whole number of positions, or height and width: input.size=[24,32].',
    }
  return { override }
}

/** Whether an override is of how many times a layer is applied. */
export function isOfDepth({ property }: Override): boolean {
  return property === DEPTH
}

/** Whether an override is of the size of images at the model's input, and of no layer. */
export function isOfInputSize({ layer, property }: Override): boolean {
  return layer === INPUT_SIZE.layer && property === INPUT_SIZE.property
}

function isSize(value: Json): boolean {
  return isWhole(value, 1) || (Array.isArray(value) && value.length === 2 && value.every((size) => isWhole(size, 1)))
}

function isWhole(value: Json, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least
}

function isOfFit(property: string, value: Json): boolean {
  const least = FIT_ARGUMENTS.get(property)
  return least !== undefined && isWhole(value, least)
}

/** Whether an override changes an argument of `fit` or `fitDataset`, and no layer. */
export function isOfFitArguments({ layer }: Override): boolean {
  return layer === FIT
}

/** @returns undefined for a text that begins as JSON and is none. */
function parseValue(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return /^[[{"]/.test(text) ? undefined : text
  }
}

/** A position in the source, as an event's `Site`. */
interface Position {
  file: string
  line: number
  column: number
}

/**
 * Whether an override is meant for a layer.
 * @param site where the layer is constructed; only called for an override by line.
 */
export function isMeantFor(override: Override, name: string, site: () => Position | null): boolean {
  if (isOfFitArguments(override) || isOfInputSize(override)) return false
  const { layer } = override
  // Names tell upper from lower case: TensorFlow.js allows layers `a` and `A` in one model.
  if (matchesPattern(layer, name, '')) return true
  const [, file, line, column] = /^(.+?):(\d+)(?::(\d+))?$/.exec(layer) ?? []
  if (file === undefined) return false
  const at = site()
  if (at?.line !== Number(line) || (column !== undefined && at.column !== Number(column))) return false
  const [path, end] = [at.file, file].map((text) => text.replaceAll('\\', '/').replace(/^\.\//, '')) as [string, string]
  return path === end || path.endsWith(`/${end}`)
}

/** An override in words, as every view and message has it: `hidden2.units = 24`. */
export function describeOverride({ layer, property, value }: Override): string {
  return `${layer}.${property} = ${typeof value === 'string' ? value : JSON.stringify(value)}`
}
