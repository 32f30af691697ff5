import { gaussian } from './gaussian.ts'
import binary from './wasm/main.wasm'
import relaxed from './wasm/main.relaxed.wasm'

/** The exports of `wasm/main.ts`. Addresses are byte offsets into the memory. */
interface Exports {
  memory: WebAssembly.Memory
  reserve(n: number): void
  diagonalEntry(i: number): number
  magnitude(): number
  scale(factor: number): void
  begin(): void
  reduce(): number
  coupling(): number
  trailingTrace(): number
  trailingSquares(): number
  zeroTrailing(): void
  beginFloat32(): number
  endFloat32(): number
  eigenvalues(columns: number, raise: number): number
  diagonalOfT(): number
  offDiagonalOfT(): number
  scratch(): number
  backTransform(y: number): void
}

/**
 * Largest memory in bytes that is kept for the next reduction. This is enough for a matrix of order 2,048 in both
 * precisions. A larger one is left to the garbage collector, because the memory of a WebAssembly instance cannot
 * shrink.
 */
const MAX_KEPT_BYTES = 2 ** 26

/** Largest Frobenius norm, as a share of the trace, of a rest that counts as mere rounding, which is typically 1e-16. */
const MAX_ROUNDING_SHARE = 4 * Number.EPSILON

/** Number of random vectors that float32's error is measured on, as in `wasm/probes.ts`. */
const PROBES = 8
/** Seed of the probes, which are the same for every matrix. */
const PROBE_SEED = 1
/**
 * Factor f such that ‖E‖² exceeds f times the mean of |Ex|² over the probes x with a probability of at most 1e-6 for
 * every E.
 *
 * Chernoff's bound shows this. A weighted sum Σ w χ² of p degrees of freedom, with Σ w = 1, is below 1 / f of its mean
 * with a probability of at most (e^(1 − 1/f) / f)^(p/2), because Π (1 + 2 s w) ≥ 1 + 2 s. The worst E has rank one. With
 * r equal singular values the probability is 1e-6 to the power of r.
 */
const PROBE_FACTOR = 86

let compiled: WebAssembly.Module | null = null
/** An instance of a released reduction, for the next reduction to use. */
let kept: Exports | null = null

/**
 * The reduction of a real symmetric matrix A to tridiagonal form, in WebAssembly, by panels of Householder reflections.
 *
 * After m columns QᵀAQ = [T, Bᵀ; B, C], where T is tridiagonal [m × m] and C is the rest, the trailing matrix that is
 * not reduced yet. B is zero except for the entry β in its upper right corner, which couples T to C.
 *
 * Rows and columns of zeros, which come from dead units of a rectifier, are excluded from the O(n³) work. All numbers
 * are divided by `scale`, a power of two. This is exact, and keeps the squares of numbers like 1e200 or denormals in
 * range.
 */
export class TridiagonalReduction {
  /** Number of rows of A that are not zero: the order of the matrix that is reduced. */
  readonly order: number
  readonly scale: number
  /** [order] Indices of the rows of A that are not zero. */
  readonly nonZeroRows: readonly number[]
  /** Columns reduced so far. */
  columns = 0
  readonly #exports: Exports
  readonly #trace: number
  #squares: { columns: number; value: number } | null = null

  /**
   * @param matrix symmetric, row-major. Either [n × n], where only the upper triangle is read, or the packed upper
   *   triangle with n − i entries in row i. It is not modified.
   * @throws RangeError when the length is neither n² nor n (n + 1) / 2, or the memory for n² numbers cannot be
   *   allocated.
   * @throws Error when an entry is NaN or infinite.
   */
  constructor(matrix: Float64Array, n: number) {
    const rows = rowsOf(matrix, n)
    const nonZeroRows = findNonZeroRows(rows)
    this.nonZeroRows = nonZeroRows
    this.order = nonZeroRows.length
    this.#exports = kept ?? instantiate()
    kept = null
    copy(rows, nonZeroRows, this.#exports)
    this.scale = nonZeroRows.length > 0 ? powerOfTwo(this.#exports.magnitude()) : 1
    this.#exports.scale(1 / this.scale)
    this.#exports.begin()
    this.#trace = this.#exports.trailingTrace()
  }

  /**
   * Reduces the next panel of columns. If the rest is then mere rounding, for instance because there are fewer
   * observations than features, it is replaced by zeros, which completes the reduction. This changes no eigenvalue by
   * more than 1e-15 of the trace (Weyl).
   * @returns false when the reduction was already complete.
   */
  next(): boolean {
    if (this.columns >= this.order) return false
    this.columns = this.#exports.reduce()
    if (this.columns < this.order && this.#restIsRounding()) {
      this.#exports.zeroTrailing()
      this.columns = this.order
    }
    return true
  }

  #restIsRounding(): boolean {
    const bound = MAX_ROUNDING_SHARE * this.#trace
    // For almost every rest the trace, which takes O(N), already exceeds the bound.
    if (!(Math.abs(this.trailingTrace()) <= bound * this.order)) return false
    return this.coupling ** 2 + this.trailingSquares() <= bound ** 2
  }

  /** β. Defined only while there are both reduced columns and a rest. */
  get coupling(): number {
    return this.#exports.coupling()
  }

  /** Trace of C, which is A before the first column. */
  trailingTrace(): number {
    return this.#exports.trailingTrace()
  }

  /** Squared Frobenius norm of C, of order N. Takes O(N²) the first time after each panel. */
  trailingSquares(): number {
    if (this.#squares?.columns !== this.columns)
      this.#squares = { columns: this.columns, value: this.#exports.trailingSquares() }
    return this.#squares.value
  }

  /**
   * Eigenvalues of T by the root-free QL iteration, O(m²).
   * @param raise added to the last diagonal entry of T
   * @returns [columns] descending; null when an eigenvalue does not converge within 60 iterations.
   */
  eigenvalues(raise = 0): Float64Array | null {
    return this.#eigenvalues(this.columns, raise)
  }

  /**
   * Reduces the rest, at least one column, in float32 at twice the speed. The result is similar to A + E with a small
   * error E. The rest in float64 is not changed, so that `next` can continue with it.
   * @returns [order] the eigenvalues of A + E, descending, and a bound on the Frobenius norm of E. The norm is
   *   estimated with random vectors and exceeds the bound with a probability of at most 1e-6. Null when the memory
   *   cannot be allocated or an eigenvalue does not converge.
   */
  inFloat32(): { values: Float64Array; error: number } | null {
    const address = this.#exports.beginFloat32()
    if (address === 0) return null
    const rest = this.order - this.columns
    const probes = gaussian(rest * PROBES, PROBE_SEED)
    const rows = new Float64Array(this.#exports.memory.buffer, address, 2 * rest * PROBES)
    for (let r = 0; r < rest; r++) rows.set(probes.subarray(r * PROBES, (r + 1) * PROBES), 2 * r * PROBES)
    const squares = this.#exports.endFloat32()
    const values = this.#eigenvalues(this.order, 0)
    return values && { values, error: Math.sqrt((PROBE_FACTOR * squares) / PROBES) }
  }

  #eigenvalues(columns: number, raise: number): Float64Array | null {
    if (columns === 0) return new Float64Array(0)
    const address = this.#exports.eigenvalues(columns, raise)
    if (address === 0) return null
    return new Float64Array(this.#exports.memory.buffer, address, columns).slice().sort().reverse()
  }

  /** Copies of the diagonal [order] and off-diagonal [order − 1] of T. */
  tridiagonal(): { diagonal: Float64Array; offDiagonal: Float64Array } {
    const { memory, diagonalOfT, offDiagonalOfT } = this.#exports
    return {
      diagonal: new Float64Array(memory.buffer, diagonalOfT(), this.order).slice(),
      offDiagonal: new Float64Array(memory.buffer, offDiagonalOfT(), Math.max(0, this.order - 1)).slice(),
    }
  }

  /**
   * Qy, which transforms an eigenvector of T to one of A without its rows of zeros. Requires a complete reduction.
   * O(order²)
   * @param y [order]
   */
  backTransform(y: Float64Array): Float64Array {
    const address = this.#exports.scratch()
    new Float64Array(this.#exports.memory.buffer, address, this.order).set(y)
    this.#exports.backTransform(address)
    return new Float64Array(this.#exports.memory.buffer, address, this.order).slice()
  }

  /** Hands the memory on to the next reduction. This one must not be used afterwards. */
  release(): void {
    if (this.#exports.memory.buffer.byteLength <= MAX_KEPT_BYTES) kept = this.#exports
  }
}

function instantiate(): Exports {
  // The build with relaxed SIMD is a quarter faster, because of fused multiply-adds. Node 18 and 20 do not support it.
  compiled ??= new WebAssembly.Module(WebAssembly.validate(relaxed) ? relaxed : binary)
  return new WebAssembly.Instance(compiled).exports as Exports
}

/** The rows of the upper triangle, each from the diagonal on. */
function rowsOf(matrix: Float64Array, n: number): Float64Array[] {
  const whole = matrix.length === n * n
  if (!whole && matrix.length !== (n * (n + 1)) / 2)
    throw new RangeError(`${matrix.length} entries are not a ${n} × ${n} matrix or its upper triangle`)
  return Array.from({ length: n }, (_, i) => {
    const begin = whole ? i * n + i : i * n - (i * (i - 1)) / 2
    return matrix.subarray(begin, begin + n - i)
  })
}

function findNonZeroRows(rows: Float64Array[]): number[] {
  const nonZeroRows: number[] = []
  rows.forEach((row, i) => {
    const zero = row[0] === 0 && row.every((x) => x === 0) && rows.every((above, r) => r >= i || above[i - r] === 0)
    if (!zero) nonZeroRows.push(i)
  })
  return nonZeroRows
}

function copy(rows: Float64Array[], nonZeroRows: number[], exports: Exports): void {
  const m = nonZeroRows.length
  try {
    exports.reserve(m)
  } catch (error) {
    throw new RangeError(`no memory for the eigenvalues of a ${m} × ${m} matrix`, { cause: error })
  }
  const memory = new Float64Array(exports.memory.buffer)
  for (let r = 0; r < m; r++) {
    const i = nonZeroRows[r]!
    const row = rows[i]!
    const to = exports.diagonalEntry(r) / 8
    if (m === rows.length) memory.set(row, to)
    else for (let c = r; c < m; c++) memory[to + c - r] = row[nonZeroRows[c]! - i]!
  }
}

function powerOfTwo(magnitude: number): number {
  if (!Number.isFinite(magnitude)) throw new Error('the matrix has an entry that is not finite')
  return 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(magnitude))))
}
