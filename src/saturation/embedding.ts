/**
 * Coordinates of feature vectors in the eigenspace of their covariance: y = Vᵀ(x − μ), V's columns being its leading
 * eigenvectors (principal component scores).
 * @param deviations [count × width] of the feature vectors from the mean, row-major.
 * @param vectors [width] each.
 * @returns [count × vectors], row-major; NaN where a deviation is.
 */
export function embedding(deviations: Float64Array, width: number, vectors: readonly Float64Array[]): Float64Array {
  const count = deviations.length / width
  const result = new Float64Array(count * vectors.length)
  let to = 0
  for (let from = 0; from < deviations.length; from += width) {
    for (const vector of vectors) {
      let along = 0
      for (let i = 0; i < width; i++) along += deviations[from + i]! * vector[i]!
      result[to++] = along
    }
  }
  return result
}
