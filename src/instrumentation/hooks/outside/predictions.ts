import { frameHiderFor } from '../../sites/hiddenFrames.ts'
import type { Layer } from '../../tfjs/tfjs.ts'
import { ownerOf } from '../fit/epochs.ts'
import { callsOutside } from './outermostCall.ts'

interface Predictor {
  predictLoop(this: Layer, ...args: unknown[]): unknown
}

const watched = new WeakSet<object>()

/**
 * Reports predictions: patches the method that `predict` and `predictOnBatch` of all models call, once per copy of
 * tfjs-layers. On a plain layer it does nothing.
 */
export function watchPredictions(model: Layer, predicted: (model: Layer) => void): void {
  const prototype = ownerOf(model, 'predictLoop') as Predictor | null
  if (!prototype || watched.has(prototype)) return
  watched.add(prototype)
  const original = prototype.predictLoop
  const withHiddenFrames = frameHiderFor(model)
  prototype.predictLoop = function (...args) {
    let result: unknown
    callsOutside.depth++
    try {
      result = withHiddenFrames(() => original.apply(this, args))
    } finally {
      callsOutside.depth--
    }
    predicted(this)
    return result
  }
}
