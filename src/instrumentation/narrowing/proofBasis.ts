import { createHash, type Hash } from 'node:crypto'
import type { ProofBasis } from '../../protocol/proof.ts'
import { unpackMoments, type PackedLearned } from '../../learned/packedMoments.ts'
import type { Moments } from '../../saturation/units/moments.ts'
import type { Evaluation } from '../examples/evaluation.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import type { Held, HeldBatch } from '../examples/heldBatch.ts'
import type { Tensor } from '../tfjs/tfjs.ts'

/** Hex digits of a hash that are kept: 64 bits tell a person's runs apart. */
const DIGITS = 16

/**
 * Hashes of what the values of a proof depend on.
 * @param recalibrated whether statistics of training batches are in the place of moving ones
 */
export function basisOf(
  fitted: FittedModel,
  { recipe, moments }: Pick<PackedLearned, 'recipe' | 'moments'>,
  evaluation: Evaluation,
  recalibrated: boolean,
): ProofBasis {
  return {
    weights: hashed((hash) => addWeights(hash, fitted)),
    estimates: hashed((hash) => {
      hash.update(JSON.stringify(recipe))
      for (const [consumer, packed] of [...moments].sort(([a], [b]) => (a < b ? -1 : 1)))
        addMoments(hash, consumer, unpackMoments(packed))
      if (recalibrated) addBatches(hash, fitted.training)
    }),
    examples: hashed((hash) => {
      hash.update(JSON.stringify([evaluation.names, evaluation.by]))
      addBatches(hash, evaluation.halves.deciding)
    }),
  }
}

/** Why a proof cannot go on with an earlier one, as a sentence; null where it can. */
export function whyAnew(earlier: ProofBasis, now: ProofBasis): string | null {
  const changed = [
    ...(earlier.weights === now.weights ? [] : ['the weights']),
    ...(earlier.examples === now.examples ? [] : ['the examples that it was made on']),
    ...(earlier.estimates === now.estimates
      ? []
      : ['the examples of the training that show which units explain others']),
  ]
  if (changed.length === 0) return null
  return `It does not go on with the proof before it, of which ${changed.join(' and ')} were others.`
}

function addWeights(hash: Hash, { model }: FittedModel): void {
  for (const { val } of model.weights) {
    const { shape } = val as Tensor
    hash.update(JSON.stringify(shape))
    hash.update(bytesOf((val as Tensor).dataSync()))
  }
}

function addMoments(hash: Hash, consumer: string, { mean, covariance }: Pick<Moments, 'mean' | 'covariance'>): void {
  hash.update(consumer)
  hash.update(bytesOf(mean))
  hash.update(bytesOf(covariance))
}

function addBatches(hash: Hash, batches: readonly HeldBatch[]): void {
  const add = ({ shape, dtype, values }: Held): void => {
    hash.update(JSON.stringify([shape, dtype]))
    hash.update(bytesOf(values))
  }
  for (const { inputs, targets } of batches) [...inputs, ...targets].forEach(add)
}

function hashed(fill: (hash: Hash) => void): string {
  const hash = createHash('sha256')
  fill(hash)
  return hash.digest('hex').slice(0, DIGITS)
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
