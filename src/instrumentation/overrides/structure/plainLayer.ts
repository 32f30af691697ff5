import type { Layer, Tensor } from '../../tfjs/tfjs.ts'
import { basePrototype } from '../../tfjs/basePrototype.ts'
import type { LayerArguments } from '../layerArguments.ts'

/** The class `Layer` of a copy of tfjs-layers: a layer of no other class returns its input as it is. */
type BaseClass = new (args: LayerArguments) => Layer

type Shape = (number | null)[]

/** What a layer does in the place of the base class. */
interface Behaviour {
  call?(inputs: Tensor | Tensor[]): Tensor
  computeOutputShape?(shape: Shape): Shape
  /** The class that the layer is saved under, which has to do the same. */
  className: string
  /** What that class has in its config beside name and shape. */
  config: LayerArguments
}

/**
 * A layer without weights, of the copy of tfjs-layers that another layer is from.
 * @param like any layer of that copy
 */
export function plainLayer(like: Layer, args: LayerArguments, behaviour: Behaviour): Layer {
  return behave(new (baseClassOf(like))(args), behaviour)
}

/**
 * Makes a layer that was not used yet return its input: it becomes a linear activation, which is also what a saved model
 * has in its place.
 */
export function leaveOut(layer: Layer): void {
  const base = baseClassOf(layer)
  const kept = new Set([...Object.keys(new base({ name: layer.name })), 'apply'])
  for (const key of Object.keys(layer)) if (!kept.has(key)) Reflect.deleteProperty(layer, key)
  Object.setPrototypeOf(layer, base.prototype as object)
  Object.assign(layer, { inputSpec: null, supportsMasking: true })
  behave(layer, { className: 'Activation', config: { activation: 'linear' } })
}

function behave(layer: Layer, { className, config, ...methods }: Behaviour): Layer {
  const { getConfig } = layer
  const own = { ...methods, getClassName: () => className, getConfig: () => ({ ...getConfig?.call(layer), ...config }) }
  for (const [key, value] of Object.entries(own))
    Object.defineProperty(layer, key, { value, writable: true, configurable: true, enumerable: false })
  return layer
}

function baseClassOf(layer: Layer): BaseClass {
  return (basePrototype(layer, 'apply') as { constructor: BaseClass }).constructor
}
