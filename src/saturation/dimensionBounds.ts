import { dimension } from './dimension.ts'
import type { Spectrum } from './spectrum.ts'

/** k lies in [low, high]; both are the same where it is exact. */
export interface Bounds {
  low: number
  high: number
}

/** Quotients that rounding has put this far above a whole number are that number. */
const WHOLE = 1e-9

/**
 * k at any delta from a stored spectrum. Exact while k stays in the head; where it falls into a bin, of whose
 * eigenvalues only count and sum are known, the tightest bounds that these and the neighbouring bins allow.
 * @param delta share of variance to hold, in (0, 1].
 * @throws RangeError when delta is outside (0, 1].
 */
export function dimensionBounds({ head, tail }: Spectrum, delta: number): Bounds {
  // With each bin as one value, k is the place of the eigenvalue, or of the bin, that completes the share.
  const place = dimension([...head, ...tail.map((bin) => bin.sum)], delta)
  if (place <= head.length) return { low: place, high: place }
  const at = place - 1 - head.length
  const { count, sum } = tail[at]!
  const before = tail.slice(0, at).reduce((n, bin) => n + bin.count, head.length)
  const rest = tail.slice(at).reduceRight((total, bin) => total + bin.sum, 0)
  const held = [...head, ...tail.slice(0, at).map((bin) => bin.sum)].reduceRight((a, b) => a + b, 0)
  /** What eigenvalues of this bin still have to hold. */
  const missing = Math.min(sum, Math.max(0, rest - (1 - delta) * (held + rest)))
  // No eigenvalue of the bin is larger than the mean of those before it, or smaller than the mean of those behind.
  const previous = tail[at - 1]
  const largest = previous ? previous.sum / previous.count : (head.at(-1) ?? sum)
  const next = tail[at + 1]
  const smallest = next ? next.sum / next.count : 0
  const fewest = Math.max(missing / largest, smallest > 0 ? count - (sum - missing) / smallest : 0)
  return {
    low: before + between(1, Math.ceil(fewest - WHOLE), count),
    // The m largest hold at least m times the mean.
    high: before + between(1, Math.ceil((missing / sum) * count - WHOLE), count),
  }
}

function between(low: number, value: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}
