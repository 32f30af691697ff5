import { DEFAULT_RELATIVE_TOLERANCE, DEFAULT_TOLERANCE } from '../protocol/task.ts'
import type { Metric } from '../run/metric.ts'

/** Share of the epochs, the last ones, whose values show how much the metric moves from one epoch to the next. */
const NOISE_SHARE = 1 / 3

/** By how much the metric of equal networks differs by chance, and what shows it. */
export interface Spread {
  readonly value: number
  /** Two trainings of the wide network, or the last epochs of one. */
  readonly of: 'trainings' | 'epochs'
}

/**
 * The spread that decides: the larger of that of the epochs and that of several trainings.
 * @param epochs the metric after each epoch of one training
 * @param trainings the metric at the end of each training; they are all alike where the program seeds its generators
 * @returns null where there are too few of either to show any.
 */
export function spreadOf(epochs: readonly number[], trainings: readonly number[]): Spread | null {
  const [ofEpochs, ofTrainings] = [
    deviation(epochs.slice(-Math.ceil(epochs.length * NOISE_SHARE))),
    deviation(trainings),
  ]
  if (ofTrainings !== null && ofTrainings >= (ofEpochs ?? 0)) return { value: ofTrainings, of: 'trainings' }
  return ofEpochs === null ? null : { value: ofEpochs, of: 'epochs' }
}

/** Sample standard deviation; null of fewer than two values. */
function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/** What a metric may lose: half a point of a share, a hundredth of any other, and at least what noise takes. */
export function tolerated(metric: Metric, baseline: number, noise: number): number {
  return Math.max(metric.isShare ? DEFAULT_TOLERANCE : DEFAULT_RELATIVE_TOLERANCE * Math.abs(baseline), noise)
}

/** Whether a value is as good as the baseline's, up to what is tolerated. */
export function holds(metric: Metric, baseline: number, value: number, tolerance: number): boolean {
  // A loss of exactly half a point is tolerated, although its difference in floating point may be larger.
  return losesAgainst(metric, baseline, value) <= tolerance + 1e-9
}

/** By how much a value is worse than another one; negative where it is better. */
export function losesAgainst({ better }: Metric, other: number, value: number): number {
  return better === 'higher' ? other - value : value - other
}
