import { checkDelta, dimension } from '../dimension.ts'
import { eigenvaluesOfReduction } from '../linalg/eigenvalues.ts'
import { countReaching, leadingSum } from './leadingSums.ts'
import { TridiagonalReduction } from '../linalg/tridiagonalReduction.ts'
import { Float32Decision } from './float32Decision.ts'
import { dimensionInFloat32 } from './float32Dimension.ts'

/** Factor by which the number of columns has to grow before Ritz values are computed again. */
const MIN_COLUMN_GROWTH = 1.15
/**
 * Factor by which the number of columns has to grow before Ritz values are computed again if, judged by the previous
 * ones, the rest is still too large to stop.
 */
const MIN_COLUMN_GROWTH_LARGE_REST = 1.5
/** Share of the columns after which stopping is no longer tried: only a sixteenth of the work is left. */
const MAX_SHARE_AT_STOP = 0.6
/**
 * Bound on the rounding of a sum of j Ritz values, divided by n² √j and by A's Frobenius norm: 16 units roundoff for
 * each of two reductions, the one that stops early and the complete one, whose k it has to reproduce.
 *
 * Two-sided reflections of n columns change A by at most 2n γ̃ₙ |A|, where γ̃ₙ is a small multiple of n units roundoff
 * (Higham 2002, Accuracy and Stability of Numerical Algorithms, lemma 19.3). This changes the sum of j eigenvalues by
 * at most √j times as much (Hoffman and Wielandt 1953). Actual errors are smaller by orders of magnitude.
 */
const ROUNDING = 32 * 2 ** -53

/** k, and how much of the reduction was needed to find it. */
export interface CertifiedDimension {
  k: number
  /** Columns reduced in float64. */
  columns: number
  /** Further columns reduced in float32; 0 if k was not found in float32. */
  float32Columns: number
  /** Number of columns of the matrix that are not zero. */
  order: number
  /** All eigenvalues, descending, if k required the complete reduction; otherwise null. */
  eigenvalues: Float64Array | null
}

/**
 * The `dimension` of a symmetric matrix's eigenvalues, usually without computing all of them.
 *
 * The reduction to tridiagonal form stops as soon as the eigenvalues that are still unknown cannot change k, as proved
 * below. If the spectrum is too flat for this to be expected, the rest is reduced in float32. That gives the same k,
 * except with a probability of 1e-6, provided that float32's error is small enough (`float32Dimension.ts`). If neither
 * decides, because of a tie at delta, the reduction is completed, and the eigenvalues are those of `eigenvalues` bit
 * for bit.
 *
 * Proof. Let S_j(X) be the sum of the j largest eigenvalues of X. After m columns, A is similar to M = [T, Bᵀ; B, C],
 * where B is zero except for the coupling β (`TridiagonalReduction`).
 *
 * 1. Lower bound: S_j(A) ≥ S_j(T) for j ≤ m. This is Cauchy's interlacing theorem. It also follows from Ky Fan (1949):
 *    S_j is the largest trace of a j-dimensional compression, and the compressions of T are among those of M.
 * 2. Separation of T and C: let e be the last unit vector of T, and f the first of C. As 2β x y ≤ (β²/t) x² + t y² for
 *    every t > 0, the coupling satisfies [0, Bᵀ; B, 0] ≼ (β²/t) e eᵀ ⊕ t f fᵀ. Hence M ≼ T' ⊕ C' with
 *    T' = T + (β²/t) e eᵀ and C' = C + t f fᵀ, and by monotonicity (Weyl)
 *    S_j(A) ≤ S_j(T' ⊕ C') = max over p of S_{j−p}(T') + S_p(C').
 * 3. Bound for the rest: S_p(C') ≤ S_p(C) + t. Let τ and φ be the trace and the Frobenius norm of C, and N its order.
 *    The p largest of N numbers with sum τ and sum of squares φ² sum to at most W_p = pτ/N + √((φ² − τ²/N) p (N − p)/N)
 *    (Mallows and Richter 1969; Wolkowicz and Styan 1980, theorem 2.2).
 * 4. Upper bound: let L_p be the sum of the p smallest of the j largest eigenvalues of T. As T' ≽ T, the eigenvalues of
 *    T' are not smaller, so that S_{j−p}(T') ≤ S_j(T') − L_p. With G = max over p ≥ 1 of W_p − L_p it follows that
 *    S_j(A) ≤ S_j(T') + max(0, G + t).
 *
 * k is j + 1 if S_{j+1}(T) is at least delta of the trace, and S_j(A) is less than that by the bound of step 4. Half of
 * the difference between delta of the trace and S_j(T) is allotted to G + t, which determines t. As the Ritz values
 * converge, their vectors become almost orthogonal to e. T' then hardly differs from T in its j largest eigenvalues,
 * which is why this bound needs fewer columns than adding |β| would.
 *
 * Semidefiniteness is not assumed: covariances summed in float32 have small negative eigenvalues.
 *
 * @param matrix as for `eigenvalues`.
 * @param delta share of the trace that k eigenvalues have to hold, in (0, 1].
 * @returns k = 0 when the trace is not positive.
 * @throws RangeError when delta is outside (0, 1], and the errors of `eigenvalues`.
 */
export function certifiedDimension(matrix: Float64Array, n: number, delta: number): CertifiedDimension {
  checkDelta(delta)
  const reduction = new TridiagonalReduction(matrix, n)
  const { order } = reduction
  const total = reduction.trailingTrace()
  const wanted = delta * total
  const rounding = ROUNDING * order ** 2 * Math.sqrt(reduction.trailingSquares())
  const float32Decision = new Float32Decision(reduction, delta)
  let head: Float64Array | null = null
  // Columns at which Ritz values were last computed.
  for (let before = 0; ;) {
    if (float32Decision.isDue()) {
      const k = dimensionInFloat32(reduction, wanted, total, rounding)
      if (k !== null) return stopped(reduction, k, order - reduction.columns)
    }
    if (reduction.columns > MAX_SHARE_AT_STOP * order || !reduction.next()) break
    const { columns } = reduction
    // Only once all of T holds delta of the trace can some of its eigenvalues do so.
    if (columns < MIN_COLUMN_GROWTH * before || columns === order || !(total - reduction.trailingTrace() >= wanted))
      continue
    // The previous Ritz values show at less cost than new ones that the rest is still too large.
    if (head && columns < MIN_COLUMN_GROWTH_LARGE_REST * before && excess(reduction, head) >= head.at(-1)!) continue
    before = columns
    const ritz: Float64Array | null = reduction.eigenvalues()
    if (!ritz) continue
    head = ritz.subarray(0, countReaching(ritz, wanted))
    if (!isCertain(reduction, head, wanted, rounding * Math.sqrt(head.length))) continue
    return stopped(reduction, head.length, 0)
  }
  const values = eigenvaluesOfReduction(reduction, n)
  return { k: dimension(values, delta), columns: order, float32Columns: 0, order, eigenvalues: values }
}

/** The result of a reduction that is not completed, whose memory is released. */
function stopped(reduction: TridiagonalReduction, k: number, float32Columns: number): CertifiedDimension {
  reduction.release()
  return { k, columns: reduction.columns, float32Columns, order: reduction.order, eigenvalues: null }
}

/**
 * Whether k is certain to be the length of `head`: that many eigenvalues of A sum to `wanted`, and fewer do not.
 * @param head the largest Ritz values.
 * @param doubt bound on the rounding of the sum of that many eigenvalues.
 */
function isCertain(reduction: TridiagonalReduction, head: Float64Array, wanted: number, doubt: number): boolean {
  const j = head.length - 1
  const held = leadingSum(head, j)
  if (!(wanted > 0) || !(held + head[j]! - doubt >= wanted)) return false
  if (j === 0) return true
  const missing = wanted - doubt - held
  const t = missing / 2 - excess(reduction, head)
  if (!(missing > 0 && t > 0)) return false
  const raised = reduction.eigenvalues(reduction.coupling ** 2 / t)
  return raised !== null && leadingSum(raised, j) - held < missing / 2
}

/**
 * G of step 4 for j = the length of `head` − 1: the most by which the p largest eigenvalues of C can exceed the p
 * smallest of the j largest Ritz values.
 */
function excess(reduction: TridiagonalReduction, head: Float64Array): number {
  const rest = reduction.order - reduction.columns
  const trace = reduction.trailingTrace()
  const squares = reduction.trailingSquares()
  // The second term bounds the rounding of these sums, which must not hide the spread of almost equal eigenvalues.
  const spread = Math.max(0, squares - trace ** 2 / rest) + 8 * rest * 2 ** -53 * squares
  const j = head.length - 1
  let most = -Infinity
  let last = 0
  for (let p = 1; p <= Math.min(j, rest); p++) {
    last += head[j - p]!
    most = Math.max(most, (p * trace) / rest + Math.sqrt((spread * p * (rest - p)) / rest) - last)
  }
  return most
}
