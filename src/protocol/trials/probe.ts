import * as v from 'valibot'
import { count, finite, finiteOrNull, label } from '../primitives.ts'

/** How good predictions of the held-out examples are: accuracy, or R². */
const Score = v.object({
  value: finiteOrNull,
  /** 95 % interval. */
  interval: v.tuple([finiteOrNull, finiteOrNull]),
  /** The value on each chunk of the held-out examples, the same examples for all layers. */
  chunks: v.array(finiteOrNull),
})

const ProbedLayer = v.object({
  ...Score.entries,
  /** Id of the layer in the run, and its name. */
  layer: label,
  name: label,
  /** Features that the probe gets for each example. */
  features: count,
  /** How an output became these: as it is, by the mean over time, or by means over windows of its map. */
  pooling: v.picklist(['whole', 'time', 'positions']),
  /** Windows along each axis of the map; empty unless the pooling is `positions`. */
  windows: v.array(count),
  /** Examples of the training that the probe was trained on. */
  examples: count,
  /** λ of mean loss + λ/2 ‖W‖². */
  penalty: finite,
  iterations: count,
  /** Largest component of the gradient at the end. */
  gradient: finiteOrNull,
  converged: v.boolean(),
  seconds: finite,
})

/** The layer that a task has come to, and how many are done. */
export const RunningLayer = v.object({ name: label, done: count, of: count, secondsLeft: finiteOrNull })
export type RunningLayer = v.InferOutput<typeof RunningLayer>

/** Linear probes of layers of a trained network. Each event replaces the one before. */
export const Probed = v.object({
  model: label,
  /** `accuracy` of classes, or `R²` of values. */
  metric: v.picklist(['accuracy', 'R²']),
  /** Classes that are told apart, or values that are predicted. */
  outputs: count,
  /** Where the held-out examples come from; `inputs`: from the training itself. */
  source: v.picklist(['validation', 'evaluate', 'inputs']),
  /** Examples of the training, and held-out ones. */
  examples: v.object({ training: count, testing: count }),
  /** Share of the most frequent class among the held-out examples; null for values. */
  chance: finiteOrNull,
  /** How good the model itself is on these examples; null where its outputs are none of these classes or values. */
  own: v.nullable(Score),
  /** Examples of each chunk. */
  chunkSizes: v.array(count),
  /** In the order of the forward pass. */
  layers: v.array(ProbedLayer),
  /** Names of the layers that the time did not suffice for; known at the end. */
  late: v.array(label),
  /** What is being probed now; null at the end. */
  running: v.nullable(RunningLayer),
  /** Largest component of the gradient at which a probe has converged. */
  tolerance: finite,
  /** Tells networks and held-out examples apart: layers of the same network need no second probe. */
  fingerprint: label,
  /** What was left out and what has to be known, in sentences. */
  notes: v.array(label),
  seconds: finite,
  /** False while more layers may come. */
  done: v.boolean(),
})

export type Probed = v.InferOutput<typeof Probed>
export type ProbedLayer = Probed['layers'][number]
export type ProbeScore = v.InferOutput<typeof Score>
