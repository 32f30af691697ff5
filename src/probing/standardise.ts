/** Standard deviations below this share of the mean are rounding of float32 features. */
const ROUNDING = 1e-6

/** How features become those of mean 0 and standard deviation 1. */
export interface Scaling {
  readonly mean: Float64Array
  /** 1 / standard deviation; 0 for a constant feature, which no probe uses. */
  readonly factor: Float64Array
}

/** Mean and population standard deviation of each feature. @param rows [examples × features] */
export function scalingOf(rows: Float32Array, features: number): Scaling {
  const count = rows.length / features
  const mean = new Float64Array(features)
  const squares = new Float64Array(features)
  for (let i = 0; i < rows.length; i++) mean[i % features]! += rows[i]!
  for (let f = 0; f < features; f++) mean[f]! /= count
  // In a second pass, because a difference of large sums would cancel.
  for (let i = 0; i < rows.length; i++) squares[i % features]! += (rows[i]! - mean[i % features]!) ** 2
  const factor = squares.map((sum, f) => {
    const deviation = Math.sqrt(sum / count)
    return deviation > ROUNDING * Math.abs(mean[f]!) ? 1 / deviation : 0
  })
  return { mean, factor }
}

/** Scales features in place. @param rows [examples × features] */
export function scale(rows: Float32Array, { mean, factor }: Scaling): void {
  const features = mean.length
  for (let begin = 0; begin < rows.length; begin += features)
    for (let f = 0; f < features; f++) rows[begin + f] = (rows[begin + f]! - mean[f]!) * factor[f]!
}
