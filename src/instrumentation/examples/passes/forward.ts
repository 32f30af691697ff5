import { isTensor, type Engine, type Tensor } from '../../tfjs/tfjs.ts'
import type { Chunk } from './chunks.ts'
import type { Model } from '../fittedModel.ts'
import type { Held } from '../heldBatch.ts'

/** Puts held tensors on the backend, in the present scope. */
export function tensorsOf(engine: Engine, held: readonly Held[]): Tensor[] {
  return held.map(({ values, shape, dtype }) => engine.makeTensor(values as Float32Array, [...shape], dtype))
}

/** Runs a model in inference mode. @returns its outputs, in the present scope */
export function forward(engine: Engine, model: Model, { inputs }: Chunk): Tensor[] {
  const tensors = tensorsOf(engine, inputs)
  return [model.apply(tensors.length === 1 ? tensors[0] : tensors)].flat().filter(isTensor)
}
