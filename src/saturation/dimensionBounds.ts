import { dimension } from './dimension.ts'
import type { Spectrum } from './spectrum.ts'

/** An interval [low, high] that contains k. Both are equal when k is known exactly. */
export interface Bounds {
  low: number
  high: number
}

/** Largest excess over a whole number that counts as rounding, so that the quotient is that number. */
const WHOLE_NUMBER_TOLERANCE = 1e-9

/**
 * Bounds of k at any delta, from a stored spectrum. They are exact while k lies in the head. If k falls into a bin,
 * whose eigenvalues are known only by their number and sum, they are the tightest that this bin and its neighbours
 * allow.
 * @param delta share of the variance that k eigenvalues have to hold, in (0, 1].
 * @throws RangeError when delta is outside (0, 1].
 */
export function dimensionBounds({ head, tail }: Spectrum, delta: number): Bounds {
  // With each bin as one value, k is the position of the eigenvalue or bin that completes the share.
  const place = dimension([...head, ...tail.map((bin) => bin.sum)], delta)
  if (place <= head.length) return { low: place, high: place }
  const at = place - 1 - head.length
  const { count, sum } = tail[at]!
  const before = tail.slice(0, at).reduce((n, bin) => n + bin.count, head.length)
  const rest = tail.slice(at).reduceRight((total, bin) => total + bin.sum, 0)
  const held = [...head, ...tail.slice(0, at).map((bin) => bin.sum)].reduceRight((a, b) => a + b, 0)
  // Variance that eigenvalues of this bin have to contribute.
  const missing = Math.min(sum, Math.max(0, rest - (1 - delta) * (held + rest)))
  // No eigenvalue of the bin exceeds the mean of the bin before it, and none is below the mean of the bin after it.
  const previous = tail[at - 1]
  const largest = previous ? previous.sum / previous.count : (head.at(-1) ?? sum)
  const next = tail[at + 1]
  const smallest = next ? next.sum / next.count : 0
  const fewest = Math.max(missing / largest, smallest > 0 ? count - (sum - missing) / smallest : 0)
  return {
    low: before + clamp(1, Math.ceil(fewest - WHOLE_NUMBER_TOLERANCE), count),
    // The m largest of the bin hold at least m times its mean.
    high: before + clamp(1, Math.ceil((missing / sum) * count - WHOLE_NUMBER_TOLERANCE), count),
  }
}

function clamp(low: number, value: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
