import { pairedDifference, studentQuantile } from '../folding/pairedDifference.ts'
import type { OwnPrediction } from './labels.ts'
import type { Labels } from './losses.ts'

/** Chunks of the held-out examples, whose spread tells what is noise. */
export const CHUNKS = 20

/** How good predictions are: the share of right classes, or R² = 1 − squared error / variance. */
export interface Score {
  readonly value: number
  /** 95 % interval. */
  readonly interval: readonly [number, number]
  /** The value on each chunk of the held-out examples, the same for all layers. */
  readonly chunks: readonly number[]
}

/** Numbers of examples of the chunks: example i is in chunk i mod `CHUNKS`. */
export function chunkSizes(examples: number): number[] {
  const chunks = Math.min(CHUNKS, examples)
  return Array.from({ length: chunks }, (_, chunk) => Math.ceil((examples - chunk) / chunks))
}

/** The predictions of a probe. @param scores [examples × columns], offsets added */
export function predictionOf(scores: Float32Array, { kind, columns }: Labels): OwnPrediction {
  if (kind === 'values') return scores
  const classes = new Int32Array(scores.length / columns)
  for (let i = 0; i < classes.length; i++) {
    let best = 0
    for (let c = 1; c < columns; c++) if (scores[i * columns + c]! > scores[i * columns + best]!) best = c
    classes[i] = best
  }
  return classes
}

/** Scores predictions of the held-out examples. @param prediction [examples], or [examples × columns] of values */
export function scoreOf(prediction: OwnPrediction, labels: Labels): Score {
  const { columns } = labels
  const examples = labels.kind === 'classes' ? labels.classes.length : labels.values.length / columns
  const sizes = chunkSizes(examples)
  const sums = new Float64Array(sizes.length)
  if (labels.kind === 'classes') {
    for (let i = 0; i < examples; i++) if (prediction[i] === labels.classes[i]) sums[i % sizes.length]!++
    const chunks = sizes.map((size, chunk) => sums[chunk]! / size)
    const right = sums.reduce((sum, count) => sum + count, 0)
    return { value: right / examples, interval: wilson(right, examples), chunks }
  }
  for (let i = 0; i < labels.values.length; i++)
    sums[Math.floor(i / columns) % sizes.length]! += (prediction[i]! - labels.values[i]!) ** 2
  const variance = totalVariance(labels.values, columns)
  const chunks = sizes.map((size, chunk) => 1 - sums[chunk]! / size / variance)
  const { mean: value, low, high } = pairedDifference(Array<number>(chunks.length).fill(0), chunks, sizes)
  return { value, interval: [low, high], chunks }
}

/** Variance about the mean, summed over the columns. */
function totalVariance(values: Float32Array, columns: number): number {
  const rows = values.length / columns
  const mean = new Float64Array(columns)
  for (let i = 0; i < values.length; i++) mean[i % columns]! += values[i]! / rows
  let variance = 0
  for (let i = 0; i < values.length; i++) variance += (values[i]! - mean[i % columns]!) ** 2 / rows
  return variance
}

/** Degrees of freedom at which Student's t is the normal distribution. */
const MANY = 10_000

/**
 * 95 % score interval of a share (Wilson 1927, "Probable inference, the law of succession, and statistical inference").
 * It is within [0, 1] also where all or none are right.
 */
function wilson(right: number, examples: number): [number, number] {
  const z = studentQuantile(0.975, MANY)
  const share = right / examples
  const middle = (share + z ** 2 / (2 * examples)) / (1 + z ** 2 / examples)
  const reach =
    (z / (1 + z ** 2 / examples)) * Math.sqrt((share * (1 - share)) / examples + z ** 2 / (4 * examples ** 2))
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)]
}
