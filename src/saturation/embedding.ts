/**
 * Coordinates of feature vectors in the eigenspace of their covariance (principal component scores): y = Vᵀ(x − μ),
 * where the columns of V are the leading eigenvectors.
 * @param deviations [count × width] deviations of the feature vectors from their mean, row-major
 * @param vectors leading eigenvectors, [width] each
 * @returns [count × vectors], row-major; all NaN for a feature vector that contains NaN
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
