import type { AffineMap } from '../../saturation/units/affineMap.ts'
import { basePrototype } from '../tfjs/basePrototype.ts'
import { isTensor, type Cell, type Engine, type Layer, type Tensor } from '../tfjs/tfjs.ts'
import { TensorMap } from './tensorMap.ts'

/**
 * Where a recurrent layer is projected. `output`: its output, as the next layer gets it. `state`: the hidden state after
 * each time step, which is its output and what the next step gets, too. With units as the basis this is the function of
 * the narrower recurrent layer with folded weights; but for a GRU, whose reset gate stands between the state and the
 * weights that consume it. Any other layer has only an output.
 */
export type ProjectedAt = 'output' | 'state'

/**
 * Replaces outputs of layers by affine estimates of them, in evaluations of our own and nowhere else: layers are as they
 * were before `during` and after it. Weights are only read, and no random numbers are drawn.
 */
export class Projections {
  readonly #engine: Engine
  readonly #outputs = new Map<Layer, TensorMap>()
  readonly #states = new Map<Layer, TensorMap>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /**
   * Projects a layer from now on, instead of what was set for it before at the same place. The identity is not computed
   * at all, so that it gives the same bits as no projection. The map occupies memory of the backend until `clear`.
   * @throws Error when the state of a layer is to be projected that has no recurrent cell, or a stack of them.
   */
  set(layer: Layer, map: AffineMap, at: ProjectedAt = 'output'): void {
    const { cell } = layer
    if (at === 'state' && (typeof cell?.call !== 'function' || cell.cells))
      throw new Error(`${layer.name} has no single recurrent cell whose state could be projected`)
    const maps = at === 'state' ? this.#states : this.#outputs
    maps.get(layer)?.dispose()
    maps.delete(layer)
    if (map.matrix) maps.set(layer, new TensorMap(this.#engine, map, map.matrix))
  }

  /** Projects nothing any more, and frees the backend's memory. */
  clear(): void {
    for (const maps of [this.#outputs, this.#states]) {
      for (const map of maps.values()) map.dispose()
      maps.clear()
    }
  }

  /**
   * Runs an evaluation, in which the layers are projected. All tensors that it makes are freed, but for those that it
   * returns.
   * @param evaluate must not be asynchronous, or the script itself would see projected layers in the meantime.
   * @throws what the evaluation throws; Error when it returns a promise, or a map does not fit its layer's output.
   */
  during<T>(evaluate: () => T): T {
    const restore: (() => void)[] = []
    try {
      for (const prototype of new Set([...this.#outputs.keys()].map((layer) => basePrototype(layer, 'apply'))))
        if (prototype) restore.push(this.#projectOutputs(prototype as { apply: Layer['apply'] }))
      for (const [{ cell }, map] of this.#states) if (cell) restore.push(this.#projectStates(cell, map))
      const result = this.#engine.tidy(evaluate)
      if (result instanceof Promise) throw new Error('an evaluation with projections must not be asynchronous')
      return result
    } finally {
      for (const undo of restore.reverse()) undo()
    }
  }

  /** Wraps the method that every call of a layer goes through. @returns a function that undoes it */
  #projectOutputs(prototype: { apply: Layer['apply'] }): () => void {
    const [original, maps, engine] = [prototype.apply, this.#outputs, this.#engine]
    prototype.apply = function (this: Layer, inputs, kwargs) {
      const result = original.call(this, inputs, kwargs)
      const map = maps.get(this)
      if (!map) return result
      const output: unknown = Array.isArray(result) ? result[0] : result
      // A symbolic tensor has no values: a model is being built.
      if (!isTensor(output)) return result
      const axis = this.dataFormat === 'channelsFirst' ? 1 : output.shape.length - 1
      const projected = projectedLike(
        output,
        engine.tidy(() => map.apply(output, axis)),
      )
      return Array.isArray(result) ? [projected, ...(result as unknown[]).slice(1)] : projected
    }
    return () => (prototype.apply = original)
  }

  /**
   * Wraps the cell's time step: [x, h, …] ↦ [h', h', …]. The state that comes in is projected, too, since that before the
   * first step is no output: a narrower layer estimates the units that it lacks from those of the first state as well.
   */
  #projectStates(cell: Cell, map: TensorMap): () => void {
    const project = (x: Tensor): Tensor =>
      this.#engine.tidy(() => map.apply(x, cell.dataFormat === 'channelsFirst' ? 1 : x.shape.length - 1))
    const before = Object.getOwnPropertyDescriptor(cell, 'call')
    const original = cell.call
    const call: Cell['call'] = ([x, state, ...others], kwargs) => {
      const inputs = [x!, ...(state ? [project(state)] : []), ...others]
      const result = original.call(cell, inputs, kwargs)
      if (!Array.isArray(result)) return project(result)
      const [output] = result
      const projected = project(output!)
      return result.map((tensor) => (tensor === output ? projected : tensor))
    }
    Object.defineProperty(cell, 'call', { value: call, configurable: true, writable: true, enumerable: false })
    return () => {
      if (before) Object.defineProperty(cell, 'call', before)
      else Reflect.deleteProperty(cell, 'call')
    }
  }
}

/** Gives a projected output the mask that TensorFlow.js has attached to the original. */
function projectedLike(output: Tensor, projected: Tensor): Tensor {
  if (output.kerasMask) projected.kerasMask = output.kerasMask
  return projected
}
