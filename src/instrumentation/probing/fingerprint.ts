import { createHash } from 'node:crypto'
import type { Chunk } from '../examples/passes/chunks.ts'
import type { Model } from '../examples/fittedModel.ts'
import type { Tensor } from '../tfjs/tfjs.ts'

/** Version of the method: results of another one are not continued. */
const METHOD = 'probes 1'

/**
 * Tells networks and held-out examples apart: a hash of the weights and of the examples. Two probes of one layer with the
 * same fingerprint differ only by the sample of the training that they were trained on.
 */
export function fingerprintOf(model: Model, testing: readonly Chunk[]): string {
  const hash = createHash('sha256').update(METHOD)
  for (const { val } of model.weights) hash.update(bytesOf((val as unknown as Tensor).dataSync()))
  for (const { inputs, targets } of testing)
    for (const { values } of [...inputs, ...targets]) hash.update(bytesOf(values))
  return hash.digest('hex')
}

function bytesOf(values: Float32Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
