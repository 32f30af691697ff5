import { basePrototype } from '../tfjs/basePrototype.ts'
import type { Layer } from '../tfjs/tfjs.ts'
import { overrideArgument } from './argumentOverride.ts'
import type { LayerArguments } from './layerArguments.ts'

/** The class of a layer. */
interface LayerClass {
  new (args: LayerArguments): Layer
  fromConfig(cls: LayerClass, config: LayerArguments): Layer
}

/** Properties of a layer that are its own, and not its construction's. */
const IDENTITY = new Set(['id', 'name', '_callHook'])

/**
 * Constructs a layer's like with another value for one property: from its arguments, or, where these are not all that
 * its constructor takes, from its config.
 * @param args what it passed to the `Layer` constructor; undefined where that is not known
 * @returns null where neither has such a property.
 * @throws the class's own error where it does not take the value.
 */
export function constructAgain(
  layer: Layer,
  args: LayerArguments | undefined,
  property: string,
  value: unknown,
): Layer | null {
  const cls = layer.constructor as unknown as LayerClass
  let failure: Error | null = null
  if (args) {
    const copy = { ...args, name: layer.name }
    const override = overrideArgument(copy, property, value, () => true)
    try {
      const twin = new cls(copy)
      if (override?.isRead) return twin
    } catch (error) {
      if (override?.isRead) failure = error as Error
    }
  }
  try {
    const twin = fromConfig(layer, property, value)
    if (twin || !failure) return twin
  } catch (error) {
    failure ??= error as Error
  }
  throw failure
}

/** What a layer's arguments and config say of its input, and the weights it is to begin with. */
const OF_INPUT = ['inputShape', 'batchInputShape', 'batchSize', 'inputDType', 'weights']

/**
 * Constructs a layer that is like another and has weights of its own: from its config, in which other overrides are; from
 * its arguments where its class has no config of its own.
 * @param args what it passed to the `Layer` constructor; undefined where that is not known
 */
export function constructCopy(layer: Layer, args: LayerArguments | undefined, name: string): Layer {
  const cls = layer.constructor as unknown as LayerClass
  const own = (config: LayerArguments): LayerArguments => {
    return { ...Object.fromEntries(Object.entries(config).filter(([key]) => !OF_INPUT.includes(key))), name }
  }
  const hasConfig = layer.getConfig !== (basePrototype(layer, 'getConfig') as Layer | null)?.getConfig
  return hasConfig || !args ? cls.fromConfig(cls, own(configOf(layer))) : new cls(own(args))
}

/** @returns null where the layer's config has no such property. */
function fromConfig(layer: Layer, property: string, value: unknown): Layer | null {
  const cls = layer.constructor as unknown as LayerClass
  const config = configOf(layer)
  return property in config ? cls.fromConfig(cls, { ...config, [property]: value }) : null
}

/**
 * Whether a layer whose constructors have read a value has it: a class may pass arguments on to its base class and then
 * assign others. A config has values in a form of the library's own, so it is compared with one that was made of the
 * value. True where the layer's config does not tell.
 */
export function hasTaken(layer: Layer, property: string, value: unknown): boolean {
  const { [property]: taken } = configOf(layer)
  if (taken === undefined || isSame(taken, value)) return true
  try {
    const twin = fromConfig(layer, property, structuredClone(value))
    return twin === null || isSame(configOf(twin)[property], taken)
  } catch {
    return true
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/**
 * Makes a layer that was never used what its like is.
 * @returns false where the layer keeps its config elsewhere than in its properties (in private fields), or is in use.
 */
export function becomeLike(layer: Layer, twin: Layer, property: string): boolean {
  // An input layer makes its tensor in its constructor.
  if ([layer, twin].some(({ inboundNodes }) => inboundNodes && inboundNodes.length > 0)) return false
  const { [property]: wanted } = configOf(twin)
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(twin)))
    if (!IDENTITY.has(key)) Object.defineProperty(layer, key, descriptor)
  return isSame(configOf(layer)[property], wanted)
}

/** The names of the properties of a layer that can be set, those of a wrapped layer included. */
export function settableProperties(layer: Layer): string[] {
  const config = configOf(layer)
  const inner = (config.layer as { config?: LayerArguments } | undefined)?.config ?? {}
  return [...new Set([...Object.keys(config), ...Object.keys(inner)])].filter(
    (name) => name !== 'name' && name !== 'layer' && name !== 'cell',
  )
}

/** A layer's config; empty where its class does not make one. */
export function configOf(layer: Layer): LayerArguments {
  try {
    return layer.getConfig?.() ?? {}
  } catch {
    return {}
  }
}
