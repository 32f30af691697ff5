import { gaussian } from './gaussian.ts'
import binary from './wasm/main.wasm'
import relaxed from './wasm/main.relaxed.wasm'

/** What `wasm/main.ts` exports; addresses are byte offsets into the memory. */
interface Exports {
  memory: WebAssembly.Memory
  reserve(n: number): void
  diagonalEntry(i: number): number
  magnitude(): number
  scale(factor: number): void
  begin(): void
  reduce(): number
  coupling(): number
  restTrace(): number
  restSquares(): number
  endWithZeros(): void
  beginSingle(): number
  endSingle(): number
  eigenvalues(columns: number, raise: number): number
  diagonalOfT(): number
  offDiagonalOfT(): number
  scratch(): number
  takeBack(y: number): void
}

/** Memory of WebAssembly only grows: one that grew beyond this, of a matrix of order 2,048 in both precisions, is given back. */
const KEPT_BYTES = 2 ** 26

/** What is left of a matrix without further rank is about 1e-16 of its trace, in Frobenius norm. */
const ROUNDING = 4 * Number.EPSILON

/** Random vectors that float32's error is measured on, the same for every matrix: as many as `wasm/probes.ts` has. */
const PROBES = 8
const PROBE_SEED = 1
/**
 * ‖E‖² exceeds this many times the mean of |Ex|² over the probes with a chance of at most 1e-6, whatever E is: the worst has
 * rank one, and r equal singular values make it 1e-6 to the power of r. Σ w χ² of p degrees of freedom, Σ w = 1, is below 1 / f
 * of its mean with a chance of at most (e^(1 − 1/f) / f)^(p/2) (Chernoff's bound, as Π (1 + 2 s w) ≥ 1 + 2 s).
 */
const PROBE_FACTOR = 86

let compiled: WebAssembly.Module | null = null
let kept: Exports | null = null

/**
 * A real symmetric matrix A on its way to tridiagonal form, in WebAssembly: Householder reflections by panels, after any
 * number m of columns QᵀAQ = [T, Bᵀ; B, C] with T tridiagonal [m × m], and all of B zero but the entry β in its upper
 * right corner, which couples T to the rest C. Rows and columns of zeros, a rectifier's dead units, are left out of the
 * O(n³) work. Numbers are A's divided by `scale`, a power of two: it loses nothing, and keeps squares of denormals or of
 * 1e200 in range.
 */
export class Reduction {
  /** Rows of A that are not zero: the order of what is reduced. */
  readonly order: number
  readonly scale: number
  /** [order] The rows of A that are not zero. */
  readonly live: readonly number[]
  /** Columns reduced so far. */
  columns = 0
  readonly #exports: Exports
  readonly #trace: number
  #squares: { columns: number; value: number } | null = null

  /**
   * @param matrix symmetric, row-major: [n × n], of which only the upper triangle is read, or that triangle alone, n − i
   *   entries in row i. Nothing is written.
   * @throws RangeError when the length is neither n² nor n (n + 1) / 2, or the memory for n² numbers cannot be had.
   * @throws Error when an entry is NaN or infinite.
   */
  constructor(matrix: Float64Array, n: number) {
    const rows = rowsOf(matrix, n)
    const live = nonZeroRows(rows)
    this.live = live
    this.order = live.length
    this.#exports = kept ?? instantiate()
    kept = null
    copy(rows, live, this.#exports)
    this.scale = live.length > 0 ? powerOfTwo(this.#exports.magnitude()) : 1
    this.#exports.scale(1 / this.scale)
    this.#exports.begin()
    this.#trace = this.#exports.restTrace()
  }

  /**
   * Reduces the next panel of columns; all that is left where that is nothing but rounding, of a matrix of fewer
   * observations than features for one. Leaving it out changes no eigenvalue by more than 1e-15 of the trace (Weyl).
   * @returns false when nothing was left to reduce.
   */
  next(): boolean {
    if (this.columns >= this.order) return false
    this.columns = this.#exports.reduce()
    if (this.columns < this.order && this.#restIsRounding()) {
      this.#exports.endWithZeros()
      this.columns = this.order
    }
    return true
  }

  #restIsRounding(): boolean {
    const bound = ROUNDING * this.#trace
    // The trace alone, O(rest), tells of almost every rest that it is more.
    if (!(Math.abs(this.restTrace()) <= bound * this.order)) return false
    return this.coupling ** 2 + this.restSquares() <= bound ** 2
  }

  /** β, once there are columns and a rest. */
  get coupling(): number {
    return this.#exports.coupling()
  }

  /** Trace of C; of A before the first column. */
  restTrace(): number {
    return this.#exports.restTrace()
  }

  /** Frobenius norm of C, squared. O(rest²), once. */
  restSquares(): number {
    if (this.#squares?.columns !== this.columns)
      this.#squares = { columns: this.columns, value: this.#exports.restSquares() }
    return this.#squares.value
  }

  /**
   * Eigenvalues of T by the root-free QL iteration, O(m²).
   * @param raise added to the last diagonal entry of T
   * @returns [columns] descending; null when the iteration does not converge (60 rounds for one eigenvalue).
   */
  eigenvalues(raise = 0): Float64Array | null {
    return this.#eigenvalues(this.columns, raise)
  }

  /**
   * All that is left, one column or more, is reduced in float32, at twice the speed, and T is then that of a matrix A + E.
   * The rest in float64 stays as it was: `next` goes on there.
   * @returns [order] the eigenvalues of A + E, descending, and a bound on E's Frobenius norm, which holds but for a chance of
   *   1e-6 or less: E is measured, on random vectors. Null where the memory cannot be had or the iteration does not converge.
   */
  inSingle(): { values: Float64Array; error: number } | null {
    const address = this.#exports.beginSingle()
    if (address === 0) return null
    const rest = this.order - this.columns
    const probes = gaussian(rest * PROBES, PROBE_SEED)
    const rows = new Float64Array(this.#exports.memory.buffer, address, 2 * rest * PROBES)
    for (let r = 0; r < rest; r++) rows.set(probes.subarray(r * PROBES, (r + 1) * PROBES), 2 * r * PROBES)
    const squares = this.#exports.endSingle()
    const values = this.#eigenvalues(this.order, 0)
    return values && { values, error: Math.sqrt((PROBE_FACTOR * squares) / PROBES) }
  }

  #eigenvalues(columns: number, raise: number): Float64Array | null {
    if (columns === 0) return new Float64Array(0)
    const address = this.#exports.eigenvalues(columns, raise)
    if (address === 0) return null
    return new Float64Array(this.#exports.memory.buffer, address, columns).slice().sort().reverse()
  }

  /** [order] diagonal and [order − 1] off-diagonal of T, copied out. */
  tridiagonal(): { diagonal: Float64Array; offDiagonal: Float64Array } {
    const { memory, diagonalOfT, offDiagonalOfT } = this.#exports
    return {
      diagonal: new Float64Array(memory.buffer, diagonalOfT(), this.order).slice(),
      offDiagonal: new Float64Array(memory.buffer, offDiagonalOfT(), Math.max(0, this.order - 1)).slice(),
    }
  }

  /**
   * Qy, once all columns are reduced: an eigenvector of the live part of A for one of T. O(order²)
   * @param y [order]
   */
  takeBack(y: Float64Array): Float64Array {
    const address = this.#exports.scratch()
    new Float64Array(this.#exports.memory.buffer, address, this.order).set(y)
    this.#exports.takeBack(address)
    return new Float64Array(this.#exports.memory.buffer, address, this.order).slice()
  }

  /** Lets the next reduction have the memory; this one is of no use any more. */
  end(): void {
    if (this.#exports.memory.buffer.byteLength <= KEPT_BYTES) kept = this.#exports
  }
}

function instantiate(): Exports {
  // Relaxed SIMD has fused multiply-adds, a quarter faster; Node 18 and 20 are without.
  compiled ??= new WebAssembly.Module(WebAssembly.validate(relaxed) ? relaxed : binary)
  return new WebAssembly.Instance(compiled).exports as Exports
}

/** The upper triangle's rows, each from the diagonal on. */
function rowsOf(matrix: Float64Array, n: number): Float64Array[] {
  const whole = matrix.length === n * n
  if (!whole && matrix.length !== (n * (n + 1)) / 2)
    throw new RangeError(`${matrix.length} entries are not a ${n} × ${n} matrix or its upper triangle`)
  return Array.from({ length: n }, (_, i) => {
    const begin = whole ? i * n + i : i * n - (i * (i - 1)) / 2
    return matrix.subarray(begin, begin + n - i)
  })
}

function nonZeroRows(rows: Float64Array[]): number[] {
  const live: number[] = []
  rows.forEach((row, i) => {
    const zero = row[0] === 0 && row.every((x) => x === 0) && rows.every((above, r) => r >= i || above[i - r] === 0)
    if (!zero) live.push(i)
  })
  return live
}

function copy(rows: Float64Array[], live: number[], exports: Exports): void {
  const m = live.length
  try {
    exports.reserve(m)
  } catch (error) {
    throw new RangeError(`no memory for the eigenvalues of a ${m} × ${m} matrix`, { cause: error })
  }
  const memory = new Float64Array(exports.memory.buffer)
  for (let r = 0; r < m; r++) {
    const i = live[r]!
    const row = rows[i]!
    const to = exports.diagonalEntry(r) / 8
    if (m === rows.length) memory.set(row, to)
    else for (let c = r; c < m; c++) memory[to + c - r] = row[live[c]! - i]!
  }
}

function powerOfTwo(magnitude: number): number {
  if (!Number.isFinite(magnitude)) throw new Error('the matrix has an entry that is not finite')
  return 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(magnitude))))
}
