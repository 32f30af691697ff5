import { isContainer, isWrapper } from '../tfjs/layerTraits.ts'
import { frameHiderFor } from '../sites/hiddenFrames.ts'
import type { Layer, Tensor } from '../tfjs/tfjs.ts'

type Apply = (this: Layer, inputs: unknown, kwargs?: unknown) => unknown

const tapped = new WeakSet<object>()

/**
 * Reports every layer's output: patches `Layer.prototype.apply` once per copy of tfjs-layers. The executor calls it for
 * sequential, functional, nested and shared models, and recurrent layers reach it through super.
 * @param layer any layer of that copy.
 * @param active whether outputs are wanted now; while they are not, the overhead is this one call.
 * @param listener gets the layer, its input tensors and its (first) output tensor.
 * @param beforeCall called before each call of a layer; what it throws, the call throws.
 */
export function tapOutputs(
  layer: Layer,
  active: () => boolean,
  listener: (layer: Layer, inputs: Tensor[], output: Tensor) => void,
  beforeCall: () => void = () => {},
): void {
  const prototype = lastOwnerOf(layer, 'apply') as { apply: Apply } | null
  if (!prototype || tapped.has(prototype)) return
  tapped.add(prototype)
  const original = prototype.apply
  const withHiddenFrames = frameHiderFor(layer)
  let insideWrapper = 0
  prototype.apply = function (this: Layer, inputs, kwargs) {
    beforeCall()
    const call = (): unknown => original.call(this, inputs, kwargs)
    if (!active()) return withHiddenFrames(call)
    const wrapper = isWrapper(this) ? 1 : 0
    insideWrapper += wrapper
    let result: unknown
    try {
      result = withHiddenFrames(call)
    } finally {
      insideWrapper -= wrapper
    }
    if (insideWrapper > 0 || isContainer(this)) return result
    const output: unknown = Array.isArray(result) ? result[0] : result
    if (isTensor(output)) listener(this, [inputs].flat().filter(isTensor), output)
    return result
  }
}

/** Tells tensors from symbolic ones, which hold no data: functional models are built of them. */
function isTensor(value: unknown): value is Tensor {
  return typeof (value as Tensor | undefined)?.dataSync === 'function'
}

/** Returns the outermost prototype that defines `name`, which is the base class. */
function lastOwnerOf(object: object, name: string): object | null {
  let owner: object | null = null
  for (let p: unknown = Object.getPrototypeOf(object); p && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
    if (Object.hasOwn(p, name)) owner = p
  }
  return owner
}
