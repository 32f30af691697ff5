import { checkDelta, dimension } from '../dimension.ts'
import { remainingEigenvalues } from '../linalg/eigenvalues.ts'
import { countTo, sum } from './leadingSums.ts'
import { Reduction } from '../linalg/tridiagonalReduction.ts'
import { SingleDecision } from './float32Decision.ts'
import { dimensionInSingle } from './float32Dimension.ts'

/** Ritz values are found again after at least this many times the columns of before, */
const GROWTH = 1.15
/** and after this many even where the rest is larger than those of before. */
const PATIENCE = 1.5
/** Share of the columns after which stopping saves next to nothing: a sixteenth of the work is left. */
const LATEST = 0.6
/**
 * Rounding of Ritz sums: 16 n² units roundoff times √j times A's Frobenius norm for each of the two reductions, the one
 * that stops and the one whose k it has to give.
 *
 * Two-sided reflections of n columns change A by at most 2n γ̃ₙ |A|, γ̃ₙ being a small multiple of n units roundoff (Higham
 * 2002, Accuracy and Stability of Numerical Algorithms, lemma 19.3), and the sum of j eigenvalues by at most √j times
 * that (Hoffman and Wielandt 1953). Real errors are smaller by orders of magnitude.
 */
const ROUNDING = 32 * 2 ** -53

/** k, and how much of the reduction it took. */
export interface CertifiedDimension {
  k: number
  /** Columns reduced in float64, of `order`. */
  columns: number
  /** Columns reduced in float32 behind them; 0 where float32 did not tell. */
  singleColumns: number
  order: number
  /** All eigenvalues, descending, where k took the whole reduction; else null. */
  eigenvalues: Float64Array | null
}

/**
 * `dimension` of a symmetric matrix's eigenvalues without all of them, exact all the same: the reduction to tridiagonal
 * form stops as soon as no eigenvalue that is still unknown can change k (1 to 4 below). Where that is not to be expected (a
 * flat spectrum) the rest is reduced in float32, which tells k, but for a chance of 1e-6, unless its error is too large to
 * (`singleDimension.ts`). Where neither does (a tie at the cut) it goes on to its end and gives what `eigenvalues` gives, bit
 * for bit.
 *
 * S_j(X) is the sum of the j largest eigenvalues of X. After m columns A is similar to M = [T, Bᵀ; B, C] (`Reduction`).
 *
 * 1. S_j(A) ≥ S_j(T) for j ≤ m: Cauchy's interlacing, or Ky Fan (1949): S_j is the largest trace of a j-dimensional
 *    compression, and those of T are among those of M.
 * 2. For every t > 0 the coupling is below a block-diagonal matrix: [0, Bᵀ; B, 0] ≼ (β²/t) e eᵀ ⊕ t f fᵀ, e and f
 *    being T's last and C's first unit vector, as 2β x y ≤ (β²/t) x² + t y². So M ≼ T' ⊕ C' with T' = T + (β²/t) e eᵀ and
 *    C' = C + t f fᵀ, and by monotony (Weyl) S_j(A) ≤ S_j(T' ⊕ C') = max over p of S_{j−p}(T') + S_p(C').
 * 3. S_p(C') ≤ S_p(C) + t, and the p largest of N numbers with sum τ and sum of squares φ² sum to at most
 *    W_p = pτ/N + √((φ² − τ²/N) p (N − p)/N) (Mallows and Richter 1969; Wolkowicz and Styan 1980, theorem 2.2): τ and φ
 *    are C's trace and Frobenius norm.
 * 4. T' is not below T, so that S_{j−p}(T') ≤ S_j(T') less the sum of the last p of T's j largest. With
 *    G = max over p ≥ 1 of W_p − that sum: S_j(A) ≤ S_j(T') + max(0, G + t).
 *
 * k is j + 1 when S_{j+1}(T) reaches delta of the trace, and the bound of 4 says that S_j(A) does not; t is chosen so
 * that G + t takes half of what is missing. As Ritz values converge, e hardly touches their vectors: T' costs
 * little then, which is why this needs fewer columns than adding |β| would.
 *
 * Semidefiniteness is not assumed: covariances summed in float32 have small negative eigenvalues.
 *
 * @param matrix as `eigenvalues` takes it.
 * @param delta share of the trace to hold, in (0, 1].
 * @returns k 0 when the trace is not above zero.
 * @throws RangeError when delta is outside (0, 1]; what `eigenvalues` throws.
 */
export function certifiedDimension(matrix: Float64Array, n: number, delta: number): CertifiedDimension {
  checkDelta(delta)
  const reduction = new Reduction(matrix, n)
  const { order } = reduction
  const total = reduction.restTrace()
  const wanted = delta * total
  const rounding = ROUNDING * order ** 2 * Math.sqrt(reduction.restSquares())
  const single = new SingleDecision(reduction, delta)
  let head: Float64Array | null = null
  for (let before = 0; ;) {
    if (single.pays()) {
      const k = dimensionInSingle(reduction, wanted, total, rounding)
      if (k !== null) return stopped(reduction, k, order - reduction.columns)
    }
    if (reduction.columns > LATEST * order || !reduction.next()) break
    const { columns } = reduction
    // Before T holds the share itself, no part of it does.
    if (columns < GROWTH * before || columns === order || !(total - reduction.restTrace() >= wanted)) continue
    // Ritz values of before tell at less cost than new ones whether the rest is still too large.
    if (head && columns < PATIENCE * before && excess(reduction, head) >= head.at(-1)!) continue
    before = columns
    const ritz: Float64Array | null = reduction.eigenvalues()
    if (!ritz) continue
    head = ritz.subarray(0, countTo(ritz, wanted))
    if (!isCertain(reduction, head, wanted, rounding * Math.sqrt(head.length))) continue
    return stopped(reduction, head.length, 0)
  }
  const values = remainingEigenvalues(reduction, n)
  return { k: dimension(values, delta), columns: order, singleColumns: 0, order, eigenvalues: values }
}

function stopped(reduction: Reduction, k: number, singleColumns: number): CertifiedDimension {
  reduction.end()
  return { k, columns: reduction.columns, singleColumns, order: reduction.order, eigenvalues: null }
}

/**
 * Whether as many eigenvalues as `head` has are the fewest that sum to `wanted`.
 * @param head the largest Ritz values.
 * @param doubt bound on the rounding of a sum of as many eigenvalues.
 */
function isCertain(reduction: Reduction, head: Float64Array, wanted: number, doubt: number): boolean {
  const j = head.length - 1
  const held = sum(head, j)
  if (!(wanted > 0) || !(held + head[j]! - doubt >= wanted)) return false
  if (j === 0) return true
  const missing = wanted - doubt - held
  const t = missing / 2 - excess(reduction, head)
  if (!(missing > 0 && t > 0)) return false
  const raised = reduction.eigenvalues(reduction.coupling ** 2 / t)
  return raised !== null && sum(raised, j) - held < missing / 2
}

/** G of step 4, j being one less than `head` has: most by which eigenvalues of C can exceed as many of the j largest Ritz values. */
function excess(reduction: Reduction, head: Float64Array): number {
  const rest = reduction.order - reduction.columns
  const trace = reduction.restTrace()
  const squares = reduction.restSquares()
  // Sums of N terms and of N rows, whose rounding must not make the spread of almost equal eigenvalues too small.
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
