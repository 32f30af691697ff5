import { dimension } from '../dimension.ts'
import { TridiagonalReduction } from '../linalg/tridiagonalReduction.ts'
import { tridiagonalVectors } from '../linalg/tridiagonalVectors.ts'
import { identity, type AffineMap } from './affineMap.ts'
import { checkMoments, type Moments } from './moments.ts'
import { projectorOnto } from './orthonormal.ts'

/**
 * The eigenspaces of a covariance: for each delta the space of the k largest eigenvalues that hold this share of the
 * variance (arXiv 2006.08679, section 3). With moments `aboutZero` they are the uncentred variant.
 */
export class Eigenspaces {
  readonly #mean: Float64Array
  /** Eigenvalues but for those of rows of zeros, descending. */
  readonly #values: Float64Array
  /** [width] Unit eigenvectors, in the order of the eigenvalues. */
  readonly #vectors: readonly Float64Array[]

  /**
   * Finds all eigenvectors, whatever delta will be asked for. O(width³)
   * @throws RangeError when the moments do not fit each other or are not finite.
   */
  constructor(moments: Moments) {
    checkMoments(moments)
    this.#mean = moments.mean
    const width = moments.mean.length
    const reduction = new TridiagonalReduction(moments.covariance, width)
    while (reduction.next());
    const { order, nonZeroRows, scale } = reduction
    const { diagonal, offDiagonal } = reduction.tridiagonal()
    const rows = tridiagonalVectors(diagonal, offDiagonal)
    const descending = Array.from(diagonal.keys()).sort((a, b) => diagonal[b]! - diagonal[a]!)
    this.#values = Float64Array.from(descending, (i) => diagonal[i]! * scale)
    this.#vectors = descending.map((i) => {
      const vector = new Float64Array(width)
      const entries = reduction.backTransform(rows.subarray(i * order, (i + 1) * order))
      entries.forEach((entry, r) => (vector[nonZeroRows[r]!] = entry))
      return vector
    })
    reduction.release()
  }

  /** k of a delta; 0 where nothing varies. @throws RangeError when delta is outside (0, 1]. */
  dimension(delta: number): number {
    return dimension(this.#values, delta)
  }

  /**
   * Projection onto an eigenspace: x ↦ VVᵀ(x − μ) + μ. It is the identity where delta is 1, and where k is the width. If
   * nothing varies, everything is projected to the mean. O(width² · k)
   * @throws RangeError when delta is outside (0, 1].
   */
  projection(delta: number): AffineMap {
    const width = this.#mean.length
    const k = this.dimension(delta)
    if (delta === 1 || k === width) return identity(width)
    return { width, rank: k, matrix: projectorOnto(this.#vectors.slice(0, k), width), centre: this.#mean }
  }
}
