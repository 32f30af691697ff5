/** Magnitude beyond which the vector is scaled down while a system is solved, so that it cannot overflow. */
const MAX_MAGNITUDE = 2 ** 500

/**
 * Inverse iteration on a symmetric tridiagonal matrix T: y ← (T − λI)⁻¹ y converges to the eigenvectors of the
 * eigenvalues nearest to λ. T − λI is factorised by Gaussian elimination with partial pivoting. That this matrix is
 * almost singular does no harm, because its inverse is large only along the eigenvectors that are sought (Peters and
 * Wilkinson 1979).
 */
export class InverseIteration {
  /** [n] Diagonal of the upper triangular factor. */
  readonly #diagonal: Float64Array
  /** [n] Its first superdiagonal. */
  readonly #first: Float64Array
  /** [n] Its second superdiagonal, which comes from row interchanges. */
  readonly #second: Float64Array
  readonly #multipliers: Float64Array
  readonly #swapped: Uint8Array

  /**
   * @param diagonal [n] of T
   * @param offDiagonal [n − 1] of T
   */
  constructor(diagonal: Float64Array, offDiagonal: Float64Array, eigenvalue: number) {
    const n = diagonal.length
    const d = (this.#diagonal = diagonal.map((entry) => entry - eigenvalue))
    const u = (this.#first = new Float64Array(n))
    u.set(offDiagonal)
    this.#second = new Float64Array(n)
    this.#multipliers = new Float64Array(n)
    this.#swapped = new Uint8Array(n)
    for (let i = 0; i < n - 1; i++) {
      const below = offDiagonal[i]!
      if (Math.abs(d[i]!) >= Math.abs(below)) {
        const m = (this.#multipliers[i] = d[i] === 0 ? 0 : below / d[i]!)
        d[i + 1]! -= m * u[i]!
        continue
      }
      const m = (this.#multipliers[i] = d[i]! / below)
      this.#swapped[i] = 1
      const next = d[i + 1]!
      d[i + 1] = u[i]! - m * next
      d[i] = below
      u[i] = next
      this.#second[i] = u[i + 1]!
      u[i + 1]! *= -m
    }
    const largest = [...diagonal, ...offDiagonal].reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
    const tiny = Math.max(Number.EPSILON * largest, Number.MIN_VALUE / Number.EPSILON)
    for (let i = 0; i < n; i++) if (Math.abs(d[i]!) < tiny) d[i] = d[i]! < 0 ? -tiny : tiny
  }

  /** Performs one iteration in place. @param y [n]; it becomes much longer and has to be normalised */
  apply(y: Float64Array): void {
    const n = y.length
    for (let i = 0; i < n - 1; i++) {
      if (this.#swapped[i]) [y[i], y[i + 1]] = [y[i + 1]!, y[i]!]
      y[i + 1]! -= this.#multipliers[i]! * y[i]!
    }
    for (let i = n - 1; i >= 0; i--) {
      const known = (i + 1 < n ? this.#first[i]! * y[i + 1]! : 0) + (i + 2 < n ? this.#second[i]! * y[i + 2]! : 0)
      y[i] = (y[i]! - known) / this.#diagonal[i]!
      if (Math.abs(y[i]!) > MAX_MAGNITUDE) for (let j = 0; j < n; j++) y[j]! /= MAX_MAGNITUDE
    }
  }
}
