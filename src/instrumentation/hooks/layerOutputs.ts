import { basePrototype } from '../tfjs/basePrototype.ts'
import { isContainer, isWrapper } from '../tfjs/layerTraits.ts'
import { frameHiderFor } from '../sites/hiddenFrames.ts'
import { isTensor, type Layer, type Tensor } from '../tfjs/tfjs.ts'
import { callsOutside } from './outside/outermostCall.ts'

type Apply = (this: Layer, inputs: unknown, kwargs?: unknown) => unknown

export interface OutputListener {
  /** Called before each call of a layer; what it throws, the call throws. */
  beforeCall(layer: Layer): void
  /** Whether outputs are wanted now; while they are not, only the outermost calls are reported. */
  active(): boolean
  /** A layer's call begins; containers and inner layers of wrappers report theirs as well. */
  entered(layer: Layer, inputs: unknown, kwargs: unknown): void
  /** A layer's call has ended, or thrown. */
  left(layer: Layer): void
  /** A layer has turned its input tensors into its (first) output tensor. */
  output(layer: Layer, inputs: Tensor[], output: Tensor): void
  /**
   * While no outputs are wanted, a call has ended that is not within another call or a prediction. Its inputs and
   * results may be symbolic tensors.
   */
  outside?(layer: Layer, inputs: unknown, kwargs: unknown, result: unknown): void
}

const tapped = new WeakSet<object>()

/**
 * Reports every layer's output: patches `Layer.prototype.apply` once per copy of tfjs-layers. The executor calls it for
 * sequential, functional, nested and shared models, and recurrent layers reach it through super.
 * @param layer any layer of that copy.
 */
export function tapOutputs(layer: Layer, listener: OutputListener): void {
  const prototype = basePrototype(layer, 'apply') as { apply: Apply } | null
  if (!prototype || tapped.has(prototype)) return
  tapped.add(prototype)
  const original = prototype.apply
  const withHiddenFrames = frameHiderFor(layer)
  let insideWrapper = 0
  prototype.apply = function (this: Layer, inputs, kwargs) {
    listener.beforeCall(this)
    const call = (): unknown => original.call(this, inputs, kwargs)
    let result: unknown
    if (!listener.active()) {
      callsOutside.depth++
      try {
        result = withHiddenFrames(call)
      } finally {
        callsOutside.depth--
      }
      if (callsOutside.depth === 0) listener.outside?.(this, inputs, kwargs, result)
      return result
    }
    const wrapper = isWrapper(this) ? 1 : 0
    insideWrapper += wrapper
    listener.entered(this, inputs, kwargs)
    try {
      result = withHiddenFrames(call)
    } finally {
      insideWrapper -= wrapper
      listener.left(this)
    }
    if (insideWrapper > 0 || isContainer(this)) return result
    const output: unknown = Array.isArray(result) ? result[0] : result
    if (isTensor(output)) listener.output(this, [inputs].flat().filter(isTensor), output)
    return result
  }
}
