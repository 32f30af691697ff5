import { countTo, sum } from './leadingSums.ts'
import type { Reduction } from '../linalg/tridiagonalReduction.ts'

/**
 * k with the rest reduced in float32, where its error cannot change k; null where it could, or a share is hit within it.
 *
 * T is similar to A + E, E being zero but for the block of the rest, of order N. For a projector P of rank j, tr PE = tr P'E
 * with P' the block of P, 0 ≼ P' ≼ I, whose trace q is at least j − m, m columns being reduced before, and at most j and N.
 * By the inequality of Cauchy and Schwarz |tr P'E| ≤ (q/N) |tr E| + ‖P' − (q/N) I‖ ‖E‖, and the first norm is at most
 * √(q (N − q) / N) as ‖P'‖² ≤ q. The sum of the j largest eigenvalues is the largest tr PA (Fan 1949), and so differs by no
 * more. tr E is the difference of two traces; ‖E‖ is measured (`Reduction.inSingle`).
 *
 * @param wanted what k eigenvalues have to hold.
 * @param total the trace.
 * @param rounding bound on float64's rounding of a sum of j eigenvalues, per √j.
 */
export function dimensionInSingle(
  reduction: Reduction,
  wanted: number,
  total: number,
  rounding: number,
): number | null {
  const rest = reduction.order - reduction.columns
  const single = reduction.inSingle()
  if (!single) return null
  const { values, error } = single
  const shift = Math.abs(values.reduceRight((a, b) => a + b, 0) - total)
  const doubt = (j: number) =>
    shift + error * mostAlong(j - reduction.columns, Math.min(j, rest), rest) + rounding * Math.sqrt(j)
  const k = countTo(values, wanted)
  if (k === 0) return null
  const isCertain = sum(values, k - 1) + doubt(k - 1) < wanted && sum(values, k) - doubt(k) >= wanted
  return isCertain ? k : null
}

/** Largest √(q (N − q) / N) with q from `least` to `most`. */
function mostAlong(least: number, most: number, n: number): number {
  const q = Math.min(Math.max(n / 2, least), most)
  return Math.sqrt((q * (n - q)) / n)
}
