import type { Bounds } from '../dimensionBounds.ts'
import { dimension } from '../dimension.ts'
import { eigenvalues } from '../linalg/eigenvalues.ts'
import type { Sketch } from './sketch.ts'
import { approximation } from './nystrom.ts'
import { missedOf } from './residualMoments.ts'
import { sketchSpectrum } from './spectrumEstimate.ts'
import { inOneGo } from '../linalg/cooperative.ts'

/** Standard errors that the estimated size of the residual is raised by: it is exceeded once in 30,000 times. */
const STANDARD_ERRORS = 4

/** What a sketch knows of k. */
export interface SketchedDimension extends Bounds {
  /** The most plausible k, `sketchSpectrum`'s, within the bounds. */
  k: number
  /** Trace of the covariance, exact. */
  trace: number
  /** Eigenvalues of the approximation, descending: none exceeds the covariance's own. */
  values: Float64Array
  /** Trace that the approximation misses. */
  missed: number
}

/**
 * k of a sketched covariance C, with bounds that say how well it is known.
 *
 * Ĉ = Y (ΩᵀY)⁻¹ Yᵀ with Y = CΩ (Nyström) never exceeds C, so its eigenvalues μ are lower bounds of C's and what it misses,
 * R = C − Ĉ, is positive semidefinite with a known trace E = tr C − Σμ. By Ky Fan's inequality the k largest eigenvalues
 * of C hold at most Σμ (of k) and the k largest of R: no more than E, and of N numbers with sum E and sum of squares F² no
 * more than kE/N + √((F² − E²/N) k (N − k)/N) (Mallows and Richter 1969). F is the Frobenius norm of R, which the probes
 * estimate: |Rψ|² has the mean F². They hold at least Σμ (of k) and, of what lies outside the range of Ĉ, no less than its
 * average direction. `high` is certain up to rounding; `low` is too where E alone decides, else at the confidence of
 * `STANDARD_ERRORS`.
 *
 * O(width × columns²).
 * @param delta share of variance to hold, in (0, 1].
 * @returns zeros without variance.
 */
export function sketchDimension(sketch: Sketch, delta: number): SketchedDimension {
  return inOneGo(sketchDimensionInSteps(sketch, delta))
}

/** `sketchDimension` in steps of some milliseconds. */
export function* sketchDimensionInSteps(sketch: Sketch, delta: number): Generator<void, SketchedDimension> {
  const trace = sketch.trace()
  if (!(trace > 0)) return { k: 0, low: 0, high: 0, trace: 0, values: new Float64Array(0), missed: 0 }
  const { width, count } = sketch
  const approximated = yield* approximation(sketch, trace)
  const { gram, shift, twice } = approximated
  const values = eigenvalues(gram, sketch.directions).map((value) => Math.max(0, value - shift))
  const squares = upperMean(Float64Array.from({ length: sketch.probes }, (_, p) => twice[p * (sketch.probes + 1)]!))
  const sum = values.reduceRight((a, b) => a + b, 0)
  const missed = Math.max(0, trace - sum)
  const needed = delta * trace * (1 - 4 * Number.EPSILON)
  // Rank exceeds neither count − 1 nor the features that vary; the range of the approximation takes its part of it.
  const most = Math.min(sketch.varying(), Math.max(1, Math.ceil(count) - 1))
  const rest = Math.max(1, Math.min(width - values.length, most))
  const spread = Math.max(0, squares - missed ** 2 / rest)
  let low = 0
  let high = 0
  let held = 0
  for (let k = 1; k <= most && (low === 0 || high === 0); k++) {
    if (k <= values.length) held += values[k - 1]!
    const atMost = k >= rest ? missed : (k * missed) / rest + Math.sqrt((spread * k * (rest - k)) / rest)
    const atLeast = Math.max(held + (Math.max(0, k - values.length) / rest) * missed, (k / most) * trace)
    if (low === 0 && held + Math.min(missed, atMost) >= needed) low = k
    if (high === 0 && atLeast >= needed) high = k
  }
  high ||= most
  low ||= high
  const k = dimension(sketchSpectrum(values, missedOf(approximated, trace, sketch.directions), most), delta)
  return { k: Math.min(high, Math.max(low, k)), low, high, trace, values, missed }
}

/** An upper bound on what the samples are samples of the mean of. */
function upperMean(samples: Float64Array): number {
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length
  const variance = samples.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, samples.length - 1)
  return mean + STANDARD_ERRORS * Math.sqrt(variance / samples.length)
}
