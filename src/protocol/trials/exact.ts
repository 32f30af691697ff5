import * as v from 'valibot'
import { count, finite, label, share, width } from '../primitives.ts'
import { RunningLayer } from './probe.ts'

const ExactLayer = v.object({
  /** Id of the layer. */
  layer: label,
  name: label,
  /** Number of features. */
  width,
  /** Feature vectors in the covariance. */
  observations: count,
  /** Dimensions that hold delta of the variance. */
  k: width,
  /** 95 % confidence band of k; null where there are too few blocks, or no time for a bootstrap. */
  band: v.nullable(v.object({ low: width, high: width })),
  /** Blocks of examples that the bootstrap draws, and how often it has drawn. */
  blocks: count,
  replicates: count,
})

/**
 * The covariance of layers' outputs over all examples of an epoch, with the weights as they are at its end. Each event
 * replaces the one before.
 */
export const Exact = v.object({
  model: label,
  /** `training`: what the last epoch was trained with. Else what the network was evaluated with, by `fit` or `evaluate`. */
  source: v.picklist(['training', 'validation', 'evaluate']),
  /** Examples in the covariances. */
  examples: count,
  /** Examples that the script gave; more than `examples` where memory did not hold all. */
  given: count,
  delta: share,
  layers: v.array(ExactLayer),
  /** What was left out and what has to be known, in sentences. */
  notes: v.array(label),
  seconds: finite,
  /** What is being measured; missing once all is. */
  running: v.optional(RunningLayer),
})

export type Exact = v.InferOutput<typeof Exact>
