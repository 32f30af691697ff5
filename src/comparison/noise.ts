import { DEFAULT_RELATIVE_TOLERANCE, DEFAULT_TOLERANCE } from '../protocol/task.ts'
import type { Metric } from '../run/metric.ts'

/** Share of the epochs, the last ones, whose values show how much the metric moves from one epoch to the next. */
const NOISE_SHARE = 1 / 3

/** Sample standard deviation of the metric over the last third of the epochs; 0 where that is fewer than two. */
export function noiseOf(values: readonly number[]): number {
  const last = values.slice(-Math.ceil(values.length * NOISE_SHARE))
  if (last.length < 2) return 0
  const mean = last.reduce((sum, value) => sum + value, 0) / last.length
  return Math.sqrt(last.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (last.length - 1))
}

/** What a metric may lose: half a point of a share, a hundredth of any other, and at least what noise takes. */
export function tolerated(metric: Metric, baseline: number, noise: number): number {
  return Math.max(metric.isShare ? DEFAULT_TOLERANCE : DEFAULT_RELATIVE_TOLERANCE * Math.abs(baseline), noise)
}

/** Whether a value is as good as the baseline's, up to what is tolerated. */
export function holds({ better }: Metric, baseline: number, value: number, tolerance: number): boolean {
  const loss = better === 'higher' ? baseline - value : value - baseline
  // A loss of exactly half a point is tolerated, although its difference in floating point may be larger.
  return loss <= tolerance + 1e-9
}
