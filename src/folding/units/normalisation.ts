import type { Moments } from '../../saturation/units/moments.ts'
import { FLOAT64_EPSILON } from '../../saturation/linalg/precision.ts'

/** How the kept units of a normalisation are scaled and shifted, so that they come out as they did among all units. */
export interface Restoration {
  /** [units] Factors of the weights that scale them. */
  readonly scale: Float64Array
  /** [units] What is added to the normalised units, in multiples of the weight that scaled them before. */
  readonly shift: Float64Array
}

/**
 * Finds how to restore the units S of a layer normalisation whose mean and variance are over S alone from then on.
 *
 * Let x̂ be the normalised units of the wide network. Normalised among S they are ẑ = (x̂ − m) / s, with the mean m and
 * the deviation s of x̂ over S, which differ from example to example. With s at its root mean square, which the moments
 * give, x̂ᵢ ≈ a + b s ẑᵢ is a regression on x̂ᵢ − m, and this is linear in x̂_S: b = cov(x̂ᵢ, x̂ᵢ − m) / var(x̂ᵢ − m).
 * What m and s vary by beside it is the error of the fold.
 * @param moments of x̂, about its mean
 * @param units S, ascending
 */
export function restorationOf({ mean, covariance }: Moments, units: readonly number[]): Restoration {
  const width = mean.length
  const count = units.length
  const average = (values: (unit: number) => number) => units.reduce((sum, unit) => sum + values(unit), 0) / count
  const withMean = new Map(units.map((unit) => [unit, average((other) => covariance[unit * width + other]!)] as const))
  const varianceOfMean = average((unit) => withMean.get(unit)!)
  const meanOfMean = average((unit) => mean[unit]!)
  const square = average((unit) => covariance[unit * width + unit]! + mean[unit]! ** 2)
  // E[s²] = E[mean of x̂² over S] − E[m²]
  const deviation = Math.sqrt(Math.max(0, square - varianceOfMean - meanOfMean ** 2))
  const scale = new Float64Array(count)
  const shift = new Float64Array(count)
  units.forEach((unit, i) => {
    const variance = covariance[unit * width + unit]!
    const together = withMean.get(unit)!
    const about = variance - 2 * together + varianceOfMean
    const slope = about > FLOAT64_EPSILON * variance ? (variance - together) / about : 0
    scale[i] = slope * deviation
    shift[i] = mean[unit]! - slope * (mean[unit]! - meanOfMean)
  })
  return { scale, shift }
}
