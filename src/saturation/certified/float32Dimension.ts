import { countReaching, leadingSum } from './leadingSums.ts'
import type { TridiagonalReduction } from '../linalg/tridiagonalReduction.ts'

/**
 * k, found by reducing the rest of the matrix in float32. The error of this is bounded; the result is null if that
 * error could change k.
 *
 * Bound on the error of a sum of eigenvalues: after m columns in float64, the rest, a block of order N, is reduced in
 * float32. The resulting T is similar to A + E, where E is zero outside that block.
 *
 * 1. The sum of the j largest eigenvalues of A is the maximum of tr PA over the projectors P of rank j (Fan 1949). The
 *    sums for A and A + E therefore differ by at most the maximum of |tr PE|.
 * 2. tr PE = tr P'E, where P' is the block of P in the same place as E's, and 0 ≼ P' ≼ I. The trace q of P' is at least
 *    j − m, and at most j and N.
 * 3. By the Cauchy–Schwarz inequality |tr P'E| ≤ (q/N) |tr E| + ‖P' − (q/N) I‖ ‖E‖. The first norm is at most
 *    √(q (N − q) / N), because ‖P'‖² ≤ q.
 *
 * tr E is the difference of two traces. ‖E‖ is measured (`TridiagonalReduction.inFloat32`).
 *
 * @param wanted sum that k eigenvalues have to reach.
 * @param total trace of A.
 * @param rounding bound on float64's rounding of a sum of j eigenvalues, divided by √j.
 */
export function dimensionInFloat32(
  reduction: TridiagonalReduction,
  wanted: number,
  total: number,
  rounding: number,
): number | null {
  const rest = reduction.order - reduction.columns
  const solved = reduction.inFloat32()
  if (!solved) return null
  const { values, error } = solved
  const shift = Math.abs(values.reduceRight((a, b) => a + b, 0) - total)
  /** Bound on the error of the sum of the j largest eigenvalues. */
  const doubt = (j: number) =>
    shift + error * maxDeviation(j - reduction.columns, Math.min(j, rest), rest) + rounding * Math.sqrt(j)
  const k = countReaching(values, wanted)
  if (k === 0) return null
  const isCertain = leadingSum(values, k - 1) + doubt(k - 1) < wanted && leadingSum(values, k) - doubt(k) >= wanted
  return isCertain ? k : null
}

/** Maximum of √(q (N − q) / N) over q from `least` to `most`. */
function maxDeviation(least: number, most: number, n: number): number {
  const q = Math.min(Math.max(n / 2, least), most)
  return Math.sqrt((q * (n - q)) / n)
}
