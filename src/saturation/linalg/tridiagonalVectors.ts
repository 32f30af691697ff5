/** Sweeps after which an eigenvalue that does not converge is given up; two usually suffice. */
const MAX_SWEEPS_PER_EIGENVALUE = 60
/** Rotations that are collected, as a multiple of the order, before they are applied to the vectors together. */
const COLLECTED_SWEEPS = 32
/** Columns of the vectors that all collected rotations are applied to while they are in the second-level cache. */
const BLOCK_COLUMNS = 32

/**
 * All eigenvectors of a symmetric tridiagonal matrix T, by implicit QR steps with Wilkinson's shift (Golub and Van Loan
 * 2013, "Matrix Computations", section 8.3), whose rotations are applied to the vectors as well. The vectors are
 * orthonormal to rounding, also for eigenvalues that are equal. About n³ rotations of two numbers: where few vectors are
 * wanted, `leadingEigenvectors` takes less time.
 *
 * @param diagonal [n] of T; replaced by the eigenvalues, in no order
 * @param offDiagonal [n − 1] of T; overwritten
 * @returns [n × n] row-major; row i is the unit eigenvector of eigenvalue i.
 * @throws Error when an eigenvalue does not converge, as with NaN.
 */
export function tridiagonalVectors(diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const n = diagonal.length
  const rotations = new Rotations(n)
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(diagonal[i]!), Math.abs(offDiagonal[i] ?? 0))
  // Tiny entries underflow when they are squared, and rotations made of them are not orthonormal. A power of two rounds nothing.
  const scale = 2 ** Math.floor(Math.log2(largest)) || 1
  for (let i = 0; i < n; i++) diagonal[i]! /= scale
  for (let i = 0; i < n - 1; i++) offDiagonal[i]! /= scale
  // Replacing such an entry by zero changes no eigenvalue by more than the rounding of the reduction to T already has.
  const isNegligible = (i: number): boolean => Math.abs(offDiagonal[i]!) <= Number.EPSILON
  let sweeps = 0
  for (let high = n - 1; high > 0;) {
    if (isNegligible(high - 1)) {
      offDiagonal[--high] = 0
      sweeps = 0
      continue
    }
    if (++sweeps > MAX_SWEEPS_PER_EIGENVALUE) throw new Error('the QR iteration did not converge')
    let low = high - 1
    while (low > 0 && !isNegligible(low - 1)) low--
    sweep(diagonal, offDiagonal, rotations, low, high)
  }
  for (let i = 0; i < n; i++) diagonal[i]! *= scale
  return rotations.applied()
}

/** One implicit QR step on the rows from `low` to `high`, which chases the bulge of the shifted first rotation down. */
function sweep(d: Float64Array, e: Float64Array, rotations: Rotations, low: number, high: number): void {
  const half = (d[high - 1]! - d[high]!) / 2
  const last = e[high - 1]!
  const shift = d[high]! - (last * last) / (half + (half < 0 ? -1 : 1) * Math.hypot(half, last))
  let x = d[low]! - shift
  let bulge = e[low]!
  for (let k = low; k < high; k++) {
    const radius = Math.hypot(x, bulge)
    const c = radius === 0 ? 1 : x / radius
    const s = radius === 0 ? 0 : bulge / radius
    if (k > low) e[k - 1] = radius
    const [upper, coupling, lower] = [d[k]!, e[k]!, d[k + 1]!]
    d[k] = c * c * upper + 2 * c * s * coupling + s * s * lower
    d[k + 1] = s * s * upper - 2 * c * s * coupling + c * c * lower
    e[k] = x = c * s * (lower - upper) + (c * c - s * s) * coupling
    if (k + 1 < high) {
      bulge = s * e[k + 1]!
      e[k + 1]! *= c
    }
    rotations.add(k, c, s)
  }
}

/** Rotations of the rows of a matrix, at first the identity, that are collected and applied block by block. */
class Rotations {
  readonly #order: number
  readonly #matrix: Float64Array
  /** Upper row, cosine and sine of each collected rotation. */
  readonly #rows: Int32Array
  readonly #cosines: Float64Array
  readonly #sines: Float64Array
  #count = 0

  constructor(order: number) {
    this.#order = order
    this.#matrix = new Float64Array(order * order)
    for (let i = 0; i < order; i++) this.#matrix[i * order + i] = 1
    this.#rows = new Int32Array(order * COLLECTED_SWEEPS)
    this.#cosines = new Float64Array(order * COLLECTED_SWEEPS)
    this.#sines = new Float64Array(order * COLLECTED_SWEEPS)
  }

  /** Adds a rotation of rows k and k + 1. */
  add(k: number, c: number, s: number): void {
    if (this.#count === this.#rows.length) this.applied()
    this.#rows[this.#count] = k
    this.#cosines[this.#count] = c
    this.#sines[this.#count++] = s
  }

  /** Applies what was collected, and returns the matrix. */
  applied(): Float64Array {
    const [n, matrix, rows] = [this.#order, this.#matrix, this.#rows]
    for (let from = 0; from < n; from += BLOCK_COLUMNS) {
      const columns = Math.min(BLOCK_COLUMNS, n - from)
      for (let r = 0; r < this.#count; r++)
        rotate(matrix, rows[r]! * n + from, n, columns, this.#cosines[r]!, this.#sines[r]!)
    }
    this.#count = 0
    return matrix
  }
}

/** Rotates a piece of a row and of the next. */
function rotate(matrix: Float64Array, at: number, n: number, columns: number, c: number, s: number): void {
  for (let a = at, b = at + n, end = at + columns; a < end; a++, b++) {
    const x = matrix[a]!
    const y = matrix[b]!
    matrix[a] = c * x + s * y
    matrix[b] = c * y - s * x
  }
}
