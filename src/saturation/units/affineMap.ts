/**
 * An affine map of feature vectors, given by a point that it leaves where it is: x ↦ (x − c) M + c. With c moved to the
 * end it is x ↦ x M + (c − c M), which loses the digits that a mean far from zero takes.
 */
export interface AffineMap {
  readonly width: number
  /** Dimensions of the affine space that it maps to. */
  readonly rank: number
  /** [width × width] M, row-major, for row vectors; null for the identity, which is not to be computed at all. */
  readonly matrix: Float64Array | null
  /** [width] c. Of zeros where the map is linear. */
  readonly centre: Float64Array
}

export function identity(width: number): AffineMap {
  return { width, rank: width, matrix: null, centre: new Float64Array(width) }
}

/** The constant of x ↦ x M + constant: c − c M. */
export function constantOf({ width, matrix, centre }: AffineMap): Float64Array {
  if (!matrix) return new Float64Array(width)
  const constant = centre.slice()
  for (let i = 0; i < width; i++)
    if (centre[i] !== 0) for (let j = 0; j < width; j++) constant[j]! -= centre[i]! * matrix[i * width + j]!
  return constant
}

/**
 * Maps feature vectors in float64.
 * @param rows [count × width], row-major
 * @returns a new array of the same size.
 * @throws RangeError when the length is not a multiple of the width.
 */
export function mapped({ width, matrix, centre }: AffineMap, rows: ArrayLike<number>): Float64Array {
  if (rows.length % width !== 0) throw new RangeError(`${rows.length} values are not rows of ${width}`)
  const result = Float64Array.from(rows)
  if (!matrix) return result
  for (let at = 0; at < rows.length; at += width) {
    result.set(centre, at)
    for (let i = 0; i < width; i++) {
      const deviation = rows[at + i]! - centre[i]!
      if (deviation !== 0) for (let j = 0; j < width; j++) result[at + j]! += deviation * matrix[i * width + j]!
    }
  }
  return result
}
