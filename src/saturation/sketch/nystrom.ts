import type { Sketch } from './sketch.ts'

/**
 * Smallest pivot of the Cholesky factorisation, as a share of its diagonal entry. A direction with a smaller pivot
 * counts as linearly dependent on those before it. Sums in float32 are not exactly the product with a semidefinite
 * matrix, and dividing by a pivot that is nothing but this error would amplify it.
 */
const MIN_PIVOT_SHARE = 1e-6
/** Rows that are processed in one step of the generator. */
const ROWS_PER_STEP = 64

/** The Nyström approximation Ĉ = F Fᵀ − shift · I of a sketched covariance C, with its residual R = C − Ĉ. */
export interface NystromApproximation {
  /** [m × m] FᵀF, whose eigenvalues are those of Ĉ plus `shift`. */
  gram: Float64Array
  /** Multiple of the identity that is added to C before the factorisation. */
  shift: number
  /** [probes × probes] ψᵀRφ for all pairs of probes ψ, φ. */
  residualProducts: Float64Array
  /** [probes × probes] ψᵀR²φ for all pairs of probes ψ, φ. */
  residualSquareProducts: Float64Array
}

/**
 * Computes F = Y L⁻ᵀ, where Y = CΩ for the first m columns of Ω and ΩᵀY = L Lᵀ: the Nyström approximation without
 * squaring the condition number of Y. Takes O(width × columns²) in steps of a few milliseconds.
 */
export function* nystromApproximation(sketch: Sketch, trace: number): Generator<void, NystromApproximation> {
  const { width, directions: m, columns, omega, products, count } = sketch
  // A multiple of the identity, far too small to matter, keeps ΩᵀY invertible when C has a lower rank.
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
  return { gram, shift, ...(yield* residualProducts(sketch, factor)) }
}

/** Products of the residual with all pairs of probes. */
function* residualProducts(
  sketch: Sketch,
  factor: Float64Array,
): Generator<void, Pick<NystromApproximation, 'residualProducts' | 'residualSquareProducts'>> {
  const { width, directions: m, columns, omega, products, count, probes } = sketch
  const inner = new Float64Array(m * probes)
  for (let i = 0; i < width; i++) {
    for (let c = 0; c < m; c++) {
      const f = factor[i * m + c]!
      for (let p = 0; p < probes; p++) inner[c * probes + p]! += f * omega[i * columns + m + p]!
    }
    if (i % ROWS_PER_STEP === 0) yield
  }
  const linear = new Float64Array(probes * probes)
  const squared = new Float64Array(probes * probes)
  const residual = new Float64Array(probes)
  for (let i = 0; i < width; i++) {
    for (let p = 0; p < probes; p++) residual[p] = products[i * columns + m + p]! / count
    for (let c = 0; c < m; c++) {
      const f = factor[i * m + c]!
      for (let p = 0; p < probes; p++) residual[p]! -= f * inner[c * probes + p]!
    }
    for (let p = 0, at = 0; p < probes; p++) {
      const o = omega[i * columns + m + p]!
      const r = residual[p]!
      for (let q = 0; q < probes; q++, at++) {
        linear[at]! += o * residual[q]!
        squared[at]! += r * residual[q]!
      }
    }
    if (i % ROWS_PER_STEP === 0) yield
  }
  return { residualProducts: linear, residualSquareProducts: squared }
}

/**
 * Adds xᵀ y of four rows to the lower triangle of out [m × m]. With four rows, each sum is read and written once for
 * all of them.
 */
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

/**
 * Replaces the lower triangle of a semidefinite matrix by its Cholesky factor. The column of a linearly dependent
 * direction becomes an infinite diagonal entry with zeros below.
 */
function* choleskyInPlace(a: Float64Array, n: number): Generator<void, void> {
  for (let j = 0; j < n; j++) {
    const least = MIN_PIVOT_SHARE * a[j * n + j]!
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
      if (i > j) a[i * n + j] = sum / a[j * n + j]!
      else a[i * n + j] = sum > least ? Math.sqrt(sum) : Infinity
    }
    yield
  }
}

/** Solves L x = row in place for four rows. */
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
