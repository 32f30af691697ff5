import { DEFAULT_RELATIVE_TOLERANCE, DEFAULT_TOLERANCE } from '../protocol/task.ts'
import type { Metric } from '../run/metric.ts'
import { spreadOf } from './spread.ts'

/** Share of the epochs, the last ones, whose values show how much the metric moves from one epoch to the next. */
const NOISE_SHARE = 1 / 3

/** Sample standard deviation of the metric over the last third of the epochs; 0 where that is fewer than two. */
export function noiseOf(values: readonly number[]): number {
  return spreadOf(lastOf(values))?.deviation ?? 0
}

function lastOf(values: readonly number[]): readonly number[] {
  return values.slice(-Math.ceil(values.length * NOISE_SHARE))
}

/** By how much the metric of equal networks differs by chance, and what shows it. */
export interface Noise {
  readonly value: number
  /** Several trainings of the same network, or the last epochs of one. */
  readonly of: 'trainings' | 'epochs'
}

/**
 * The noise that decides: the larger of that of the epochs and that of several trainings.
 * @param epochs the metric after each epoch of one training
 * @param trainings the metric at the end of each training; they are all alike where the program seeds its generators
 * @returns null where there are too few of either to show any.
 */
export function noiseBetween(epochs: readonly number[], trainings: readonly number[]): Noise | null {
  const ofEpochs = noiseOf(epochs)
  const ofTrainings = spreadOf(trainings)?.deviation ?? null
  if (ofTrainings !== null && ofTrainings >= ofEpochs) return { value: ofTrainings, of: 'trainings' }
  return lastOf(epochs).length < 2 ? null : { value: ofEpochs, of: 'epochs' }
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
