import type { ReceptiveField, ResolutionRange } from '../../model/receptiveField/receptiveFields.ts'
import type { StaticApplication } from '../../model/static/staticModel.ts'
import { flopsWords, number, pluralise } from '../numbers.ts'

/** The mark of a layer that is predicted to be unproductive, in tables. */
export const UNPRODUCTIVE = '*'
export const UNPRODUCTIVE_NOTE = `${UNPRODUCTIVE} predicted to add little: what the layer takes has seen the whole input`

/** Bytes of a number in a tensor. */
const BYTES = 4

/** A shape as TensorFlow.js prints it, with a dash for a size that is not fixed: `[—, 26, 26, 16]`. */
export function shapeWords(shape: readonly (number | null)[]): string {
  return `[${shape.map((size) => size ?? '—').join(', ')}]`
}

/** Positions along all axes: `26 × 26`, or one number where all are equal and `short` is asked for. */
export function sizesWords(sizes: readonly number[], short = false): string {
  const [first] = sizes
  if (short && sizes.every((size) => size === first)) return number(first ?? 1)
  return sizes.map((size) => (Number.isFinite(size) ? number(size) : 'any')).join(' × ')
}

/** How far a layer sees: `3`, `3 × 5`, `19 to 35` over several paths, `whole input`. */
export function fieldWords({ min, max }: Pick<ReceptiveField, 'min' | 'max'>): string {
  if (min.every((size) => size === Infinity)) return 'whole input'
  const [low, high] = [sizesWords(min, true), max.includes(Infinity) ? 'whole input' : sizesWords(max, true)]
  return low === high ? low : `${low} to ${high}`
}

/** Bytes of a layer's output for one example; null where a size is not fixed. */
export function outputBytes(shape: readonly (number | null)[]): number | null {
  const sizes = shape.slice(1)
  return sizes.includes(null) ? null : sizes.reduce<number>((all, size) => all * (size ?? 1), BYTES)
}

/** Bytes as a person reads them: `43 kB`. */
export function bytesWords(bytes: number): string {
  const [unit, size] =
    bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : bytes >= 1e3 ? ['kB', 1e3] : ['bytes', 1]
  return `${number(Number((bytes / Number(size)).toPrecision(3)))} ${unit}`
}

/** What the code tells of a layer, in one line: `[—, 26, 26, 16] · 160 parameters · 195 kFLOPs · receptive field 3`. */
export function staticTitle({ shape, parameters, flops, field }: StaticApplication): string {
  return [
    shapeWords(shape),
    ...(parameters > 0 ? [pluralise(parameters, 'parameter')] : []),
    ...(flops ? [flopsWords(flops)] : []),
    ...(field ? [`receptive field ${fieldWords(field)}`] : []),
  ].join(' · ')
}

/** Input sizes: `18 × 18`, or `139 × 139 to 435 × 435`. */
export function rangeWords({ min, max }: ResolutionRange): string {
  const [low, high] = [sizesWords(min), sizesWords(max)]
  return low === high ? low : `${low} to ${high}`
}

/** What a layer sees of the input, in sentences; empty where it has no receptive field. */
export function fieldSentences({
  field,
  input,
  shape,
}: Pick<StaticApplication, 'field' | 'input' | 'shape'>): string[] {
  if (!field || !input) return []
  const size = sizesWords(input)
  const map = shape.slice(1, -1)
  return [
    `Receptive field ${fieldWords(field)} of an input of ${size}${field.map.length > 0 ? `, feature map ${map.map((each) => each ?? 'any').join(' × ')}` : ''}.`,
    ...(field.unproductive
      ? ['What it takes has seen the whole input already: the layer is predicted to add little.']
      : []),
  ]
}
