import type { Bounds } from '../dimensionBounds.ts'
import { dimension } from '../dimension.ts'
import { eigenvalues } from '../linalg/eigenvalues.ts'
import type { Sketch } from './sketch.ts'
import { nystromApproximation } from './nystrom.ts'
import { residualMoments } from './residualMoments.ts'
import { estimateSpectrum } from './spectrumEstimate.ts'
import { runToCompletion } from '../linalg/runToCompletion.ts'

/** Standard errors added to the estimated size of the residual; the true size exceeds the sum once in 30,000 times. */
const STANDARD_ERRORS = 4

/** An estimate of k from a sketch, with bounds. */
export interface SketchedDimension extends Bounds {
  /** The k of `estimateSpectrum`'s spectrum, moved into the bounds. */
  k: number
  /** Trace of the covariance, exact. */
  trace: number
  /** Eigenvalues of the approximation, descending: lower bounds of the covariance's eigenvalues. */
  values: Float64Array
  /** Trace of the residual, which the approximation does not capture. */
  residualTrace: number
}

/**
 * Estimates k of a sketched covariance C, with bounds.
 *
 * The Nyström approximation Ĉ = Y (ΩᵀY)⁻¹ Yᵀ with Y = CΩ satisfies Ĉ ≼ C. Its eigenvalues μ are therefore lower bounds
 * of C's, and the residual R = C − Ĉ is positive semidefinite with the known trace E = tr C − Σμ.
 *
 * Upper bound of the sum of the k largest eigenvalues of C, which gives `low`: by Ky Fan's inequality it is at most the
 * sum of the k largest μ plus the sum of the k largest eigenvalues of R. The latter is at most E. It is also at most
 * kE/N + √((F² − E²/N) k (N − k)/N), as holds for any N numbers with sum E and sum of squares F² (Mallows and Richter
 * 1969). F is the Frobenius norm of R; the probes ψ estimate it, as |Rψ|² has the mean F².
 *
 * Lower bound of the same sum, which gives `high`: it is at least the sum of the k largest μ, plus, for the directions
 * beyond the range of Ĉ, their number times the average variance of a direction there.
 *
 * `high` is certain up to rounding. `low` is certain as well where E alone decides it, and otherwise holds at the
 * confidence of `STANDARD_ERRORS`.
 *
 * O(width × columns²)
 * @param delta share of the variance that k directions have to hold, in (0, 1].
 * @returns zeros when there is no variance.
 */
export function sketchDimension(sketch: Sketch, delta: number): SketchedDimension {
  return runToCompletion(sketchDimensionInSteps(sketch, delta))
}

/** `sketchDimension` in steps of a few milliseconds. */
export function* sketchDimensionInSteps(sketch: Sketch, delta: number): Generator<void, SketchedDimension> {
  const trace = sketch.trace()
  if (!(trace > 0)) return { k: 0, low: 0, high: 0, trace: 0, values: new Float64Array(0), residualTrace: 0 }
  const { width, count } = sketch
  const approximated = yield* nystromApproximation(sketch, trace)
  const { gram, shift, residualSquareProducts } = approximated
  const values = eigenvalues(gram, sketch.directions).map((value) => Math.max(0, value - shift))
  const squares = upperMean(
    Float64Array.from({ length: sketch.probes }, (_, p) => residualSquareProducts[p * (sketch.probes + 1)]!),
  )
  const sum = values.reduceRight((a, b) => a + b, 0)
  const residualTrace = Math.max(0, trace - sum)
  const needed = delta * trace * (1 - 4 * Number.EPSILON)
  // The rank of C is at most count − 1 and at most the number of varying features.
  const maxRank = Math.min(sketch.varyingFeatures(), Math.max(1, Math.ceil(count) - 1))
  // N: directions outside the range of the approximation.
  const rest = Math.max(1, Math.min(width - values.length, maxRank))
  const spread = Math.max(0, squares - residualTrace ** 2 / rest)
  let low = 0
  let high = 0
  let held = 0
  for (let k = 1; k <= maxRank && (low === 0 || high === 0); k++) {
    if (k <= values.length) held += values[k - 1]!
    const atMost = k >= rest ? residualTrace : (k * residualTrace) / rest + Math.sqrt((spread * k * (rest - k)) / rest)
    const atLeast = Math.max(held + (Math.max(0, k - values.length) / rest) * residualTrace, (k / maxRank) * trace)
    if (low === 0 && held + Math.min(residualTrace, atMost) >= needed) low = k
    if (high === 0 && atLeast >= needed) high = k
  }
  high ||= maxRank
  low ||= high
  const k = dimension(estimateSpectrum(values, residualMoments(approximated, trace, sketch.directions), maxRank), delta)
  return { k: Math.min(high, Math.max(low, k)), low, high, trace, values, residualTrace }
}

/** Upper confidence bound on the mean of the distribution that the samples come from. */
function upperMean(samples: Float64Array): number {
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length
  const variance = samples.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, samples.length - 1)
  return mean + STANDARD_ERRORS * Math.sqrt(variance / samples.length)
}
