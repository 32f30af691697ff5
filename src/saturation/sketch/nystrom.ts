import type { Sketch } from './sketch.ts'

/**
 * Share of a direction's variance below which it adds nothing to those before it: sums of float32 are no product with a
 * semidefinite matrix, and what they differ by must not be divided by.
 */
const DEPENDENT = 1e-6
/** Rows that are worked on in one step. */
const ROWS_PER_STEP = 64

/** What the approximation Ĉ of a sketched covariance comes to; Ĉ = F Fᵀ less a multiple of the identity. */
export interface Approximation {
  /** [m × m] FᵀF, whose eigenvalues are those of Ĉ plus `shift`. */
  gram: Float64Array
  /** The multiple. */
  shift: number
  /** [probes × probes] ψᵀRψ and ψᵀR²ψ of all pairs of probes, R = C − Ĉ being what is missed. */
  once: Float64Array
  twice: Float64Array
}

/**
 * F = Y L⁻ᵀ with Y = CΩ of the first m columns and ΩᵀY = L Lᵀ: the Nyström approximation without squaring Y's condition.
 * In steps of some milliseconds; O(width × columns²) in all.
 */
export function* approximation(sketch: Sketch, trace: number): Generator<void, Approximation> {
  const { width, directions: m, columns, omega, products, count } = sketch
  // A multiple of the identity, far below all that matters, keeps ΩᵀY invertible where C has a lower rank.
  const shift = (1e-10 * trace) / width
  const rows = Math.ceil(width / 4) * 4
  const factor = new Float64Array(rows * m)
  const random = new Float64Array(4 * m)
  const core = new Float64Array(m * m)
  for (let i = 0; i < width; i += 4) {
    random.fill(0)
    for (let r = 0; r < Math.min(4, width - i); r++) {
      for (let c = 0, from = (i + r) * columns; c < m; c++, from++) {
        const o = omega[from]!
        random[r * m + c] = o
        factor[(i + r) * m + c] = products[from]! / count + shift * o
      }
    }
    addFour(random, 0, factor, i * m, m, core)
    if (i % ROWS_PER_STEP === 0) yield
  }
  yield* choleskyInPlace(core, m)
  const gram = new Float64Array(m * m)
  for (let i = 0; i < rows; i += 4) {
    solveFour(core, m, factor, i * m)
    addFour(factor, i * m, factor, i * m, m, gram)
    if (i % ROWS_PER_STEP === 0) yield
  }
  for (let r = 0; r < m; r++) for (let c = 0; c < r; c++) gram[c * m + r] = gram[r * m + c]!
  return { gram, shift, ...(yield* missedProducts(sketch, factor)) }
}

/** ψᵀRψ and ψᵀR²ψ of all pairs of probes. */
function* missedProducts(sketch: Sketch, factor: Float64Array): Generator<void, Pick<Approximation, 'once' | 'twice'>> {
  const { width, directions: m, columns, omega, products, count, probes } = sketch
  const inner = new Float64Array(m * probes)
  for (let i = 0; i < width; i++) {
    for (let c = 0; c < m; c++) {
      const f = factor[i * m + c]!
      for (let p = 0; p < probes; p++) inner[c * probes + p]! += f * omega[i * columns + m + p]!
    }
    if (i % ROWS_PER_STEP === 0) yield
  }
  const once = new Float64Array(probes * probes)
  const twice = new Float64Array(probes * probes)
  const missed = new Float64Array(probes)
  for (let i = 0; i < width; i++) {
    for (let p = 0; p < probes; p++) missed[p] = products[i * columns + m + p]! / count
    for (let c = 0; c < m; c++) {
      const f = factor[i * m + c]!
      for (let p = 0; p < probes; p++) missed[p]! -= f * inner[c * probes + p]!
    }
    for (let p = 0, at = 0; p < probes; p++) {
      const o = omega[i * columns + m + p]!
      const r = missed[p]!
      for (let q = 0; q < probes; q++, at++) {
        once[at]! += o * missed[q]!
        twice[at]! += r * missed[q]!
      }
    }
    if (i % ROWS_PER_STEP === 0) yield
  }
  return { once, twice }
}

/** Lower triangle of out [m × m] += xᵀ y of four rows: four, so that a sum is read and written once for all of them. */
function addFour(x: Float64Array, a: number, y: Float64Array, b: number, m: number, out: Float64Array): void {
  for (let r = 0; r < m; r++) {
    const x0 = x[a + r]!
    const x1 = x[a + m + r]!
    const x2 = x[a + 2 * m + r]!
    const x3 = x[a + 3 * m + r]!
    for (let c = 0, to = r * m, from = b; c <= r; c++, to++, from++)
      out[to]! += x0 * y[from]! + x1 * y[from + m]! + x2 * y[from + 2 * m]! + x3 * y[from + 3 * m]!
  }
}

/** Lower triangle of a semidefinite matrix → its Cholesky factor; dependent directions get columns of zeros beside an infinite diagonal. */
function* choleskyInPlace(a: Float64Array, n: number): Generator<void, void> {
  for (let j = 0; j < n; j++) {
    const least = DEPENDENT * a[j * n + j]!
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
      if (i > j) a[i * n + j] = sum / a[j * n + j]!
      else a[i * n + j] = sum > least ? Math.sqrt(sum) : Infinity
    }
    yield
  }
}

/** Solves L x = row in place, for four rows. */
function solveFour(l: Float64Array, n: number, rows: Float64Array, at: number): void {
  for (let r = 0; r < n; r++) {
    let s0 = rows[at + r]!
    let s1 = rows[at + n + r]!
    let s2 = rows[at + 2 * n + r]!
    let s3 = rows[at + 3 * n + r]!
    for (let c = 0, from = at; c < r; c++, from++) {
      const factor = l[r * n + c]!
      s0 -= factor * rows[from]!
      s1 -= factor * rows[from + n]!
      s2 -= factor * rows[from + 2 * n]!
      s3 -= factor * rows[from + 3 * n]!
    }
    const d = l[r * n + r]!
    rows[at + r] = s0 / d
    rows[at + n + r] = s1 / d
    rows[at + 2 * n + r] = s2 / d
    rows[at + 3 * n + r] = s3 / d
  }
}
