import type { Bounds } from './dimensionBounds.ts'
import { dimension } from './dimension.ts'
import { eigenvalues } from './eigenvalues.ts'
import type { Sketch } from './sketch.ts'

/** Standard errors that the estimated size of the residual is raised by: it is exceeded once in 30,000 times. */
const STANDARD_ERRORS = 4

/** What a sketch knows of k. */
export interface SketchedDimension extends Bounds {
  /** The most plausible k: that of the approximation, with what it misses spread evenly over as many directions as its size tells. */
  k: number
  /** Trace of the covariance, exact. */
  trace: number
  /** Share of the trace that the approximation holds. */
  held: number
}

/**
 * k of a sketched covariance C, with bounds that say how well it is known.
 *
 * Ĉ = Y (ΩᵀY)⁻¹ Yᵀ with Y = CΩ (Nyström) never exceeds C, so its eigenvalues μ are lower bounds of C's and what it misses,
 * R = C − Ĉ, is positive semidefinite with a known trace E = tr C − Σμ. By Ky Fan's inequality the k largest eigenvalues
 * of C hold at most Σμ (of k) + min(E, √k |R|), |R| the Frobenius norm, which the probes estimate: |Rψ|² has the mean
 * |R|². They hold at least Σμ (of k) and, of what lies outside the range of Ĉ, no less than its average direction.
 * `high` is certain up to rounding; `low` is too where E alone decides, else at the confidence of `STANDARD_ERRORS`.
 *
 * O(width × columns²).
 * @param delta share of variance to hold, in (0, 1].
 * @returns zeros without variance.
 */
export function sketchDimension(sketch: Sketch, delta: number): SketchedDimension {
  const trace = sketch.trace()
  if (!(trace > 0)) return { k: 0, low: 0, high: 0, trace: 0, held: 0 }
  const { width, count } = sketch
  const { values, frobenius } = approximate(sketch, trace)
  const sum = values.reduceRight((a, b) => a + b, 0)
  const missed = Math.max(0, trace - sum)
  const needed = delta * trace * (1 - 4 * Number.EPSILON)
  // Rank cannot exceed count − 1, and the range of the approximation takes its part of the width.
  const rest = Math.max(1, Math.min(width - values.length, count - 1))
  const most = Math.min(width, Math.max(1, count - 1))
  let low = 0
  let high = 0
  let held = 0
  for (let k = 1; k <= most && (low === 0 || high === 0); k++) {
    if (k <= values.length) held += values[k - 1]!
    const atLeast = Math.max(held + (Math.max(0, k - values.length) / rest) * missed, (k / most) * trace)
    if (low === 0 && held + Math.min(missed, Math.sqrt(k) * frobenius) >= needed) low = k
    if (high === 0 && atLeast >= needed) high = k
  }
  high ||= most
  low ||= high
  const k = dimension(withResidual(values, missed, frobenius, rest), delta)
  return { k: Math.min(high, Math.max(low, k)), low, high, trace, held: Math.min(1, sum / trace) }
}

/** The approximation's eigenvalues, and the missed trace as equal ones whose number follows from its Frobenius norm. */
function withResidual(values: Float64Array, missed: number, frobenius: number, rest: number): Float64Array {
  const number = frobenius > 0 ? Math.max(1, Math.min(rest, Math.round((missed / frobenius) ** 2))) : 0
  const all = new Float64Array(values.length + number).fill(missed / Math.max(1, number))
  all.set(values)
  return all.sort().reverse()
}

/** Eigenvalues of Ĉ, descending, and an upper bound on the Frobenius norm of C − Ĉ. */
function approximate(sketch: Sketch, trace: number): { values: Float64Array; frobenius: number } {
  const { width, directions: m, columns, omega, products, count, probes } = sketch
  // A multiple of the identity, far below all that matters, keeps ΩᵀY invertible where C has a lower rank.
  const shift = (1e-10 * trace) / width
  const core = new Float64Array(m * m)
  const factor = new Float64Array(width * m)
  for (let i = 0; i < width; i++) {
    const from = i * columns
    for (let c = 0; c < m; c++) factor[i * m + c] = products[from + c]! / count + shift * omega[from + c]!
    for (let r = 0; r < m; r++) {
      const o = omega[from + r]!
      for (let c = 0; c <= r; c++) core[r * m + c]! += o * factor[i * m + c]!
    }
  }
  choleskyInPlace(core, m)
  // Rows of Y L⁻ᵀ: Ĉ is the product of this factor with its transpose.
  for (let i = 0; i < width; i++) solveRow(core, m, factor, i * m)
  const gram = new Float64Array(m * m)
  for (let i = 0; i < width; i++) {
    for (let r = 0; r < m; r++) {
      const x = factor[i * m + r]!
      for (let c = 0; c <= r; c++) gram[r * m + c]! += x * factor[i * m + c]!
    }
  }
  for (let r = 0; r < m; r++) for (let c = 0; c < r; c++) gram[c * m + r] = gram[r * m + c]!
  const values = eigenvalues(gram, m).map((value) => Math.max(0, value - shift))
  const norms = new Float64Array(probes)
  for (let p = 0; p < probes; p++) norms[p] = missedSquare(sketch, factor, m + p)
  const mean = norms.reduce((a, b) => a + b, 0) / probes
  const variance = norms.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, probes - 1)
  const upper = mean + STANDARD_ERRORS * Math.sqrt(variance / probes)
  return { values, frobenius: Math.sqrt(upper) }
}

/** |Rψ|² for one column ψ of Ω. */
function missedSquare(
  { width, columns, omega, products, count }: Sketch,
  factor: Float64Array,
  column: number,
): number {
  const m = factor.length / width
  const inner = new Float64Array(m)
  for (let i = 0; i < width; i++) {
    const o = omega[i * columns + column]!
    for (let c = 0; c < m; c++) inner[c]! += o * factor[i * m + c]!
  }
  let square = 0
  for (let i = 0; i < width; i++) {
    let missed = products[i * columns + column]! / count
    for (let c = 0; c < m; c++) missed -= factor[i * m + c]! * inner[c]!
    square += missed * missed
  }
  return square
}

/** Lower triangle of a positive definite matrix → its Cholesky factor. */
function choleskyInPlace(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
      a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / a[j * n + j]!
    }
  }
}

/** Solves L x = row in place. */
function solveRow(l: Float64Array, n: number, row: Float64Array, at: number): void {
  for (let r = 0; r < n; r++) {
    let sum = row[at + r]!
    for (let c = 0; c < r; c++) sum -= l[r * n + c]! * row[at + c]!
    row[at + r] = sum / l[r * n + r]!
  }
}
