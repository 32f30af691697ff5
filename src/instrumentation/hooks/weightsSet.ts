import type { Layer } from '../tfjs/tfjs.ts'
import { basePrototype } from '../tfjs/basePrototype.ts'

type SetWeights = (this: Layer, weights: unknown[]) => void

const watched = new WeakSet<object>()

/**
 * Reports weights that a program sets: patches `Layer.prototype.setWeights`, which models inherit, once per copy of
 * tfjs-layers.
 * @param layer any layer of that copy
 */
export function watchSetWeights(layer: Layer, listener: (target: Layer, weights: unknown[]) => void): void {
  const prototype = basePrototype(layer, 'setWeights') as { setWeights: SetWeights } | null
  if (!prototype || watched.has(prototype)) return
  watched.add(prototype)
  const original = prototype.setWeights
  prototype.setWeights = function (this: Layer, weights) {
    original.call(this, weights)
    listener(this, weights)
  }
}
