import { gramAbout } from '../gramOfRows.ts'

/** Share of its length below which what is left of a vector is too small to be a direction of its own. */
const MIN_REMAINING_LENGTH = 1e-10

/**
 * Makes vectors orthonormal, in place, by the modified Gram–Schmidt process. A second pass removes what cancellation in
 * the first has left (Giraud, Langou and Rozložník 2005). O(width · vectors²)
 * @throws Error when the vectors are linearly dependent.
 */
export function orthonormalised(vectors: Float64Array[]): Float64Array[] {
  vectors.forEach((vector, i) => {
    for (let pass = 0; pass < 2; pass++) {
      const before = length(vector)
      for (let b = 0; b < i; b++) subtractProjection(vector, vectors[b]!)
      const after = length(vector)
      if (!(after > MIN_REMAINING_LENGTH * before)) throw new Error('the directions are linearly dependent')
      for (let j = 0; j < vector.length; j++) vector[j]! /= after
    }
  })
  return vectors
}

/**
 * The matrix VVᵀ of the orthogonal projection onto the space of orthonormal vectors. O(width² · vectors / 2)
 * @param vectors [width] each
 * @returns [width × width], symmetric to the bit
 */
export function projectorOnto(vectors: readonly Float64Array[], width: number): Float64Array {
  const rows = new Float64Array(vectors.length * width)
  vectors.forEach((vector, v) => rows.set(vector, v * width))
  const { gram } = gramAbout(rows, width, new Float64Array(width))
  for (let i = 0; i < width; i++) for (let j = i; j < width; j++) gram[j * width + i] = gram[i * width + j]!
  return gram
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const along = dot(vector, unit)
  for (let j = 0; j < vector.length; j++) vector[j]! -= along * unit[j]!
}

function length(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector))
}

function dot(x: Float64Array, y: Float64Array): number {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0]
  let j = 0
  for (const end = x.length - 3; j < end; j += 4) {
    sum0 += x[j]! * y[j]!
    sum1 += x[j + 1]! * y[j + 1]!
    sum2 += x[j + 2]! * y[j + 2]!
    sum3 += x[j + 3]! * y[j + 3]!
  }
  for (; j < x.length; j++) sum0 += x[j]! * y[j]!
  return sum0 + sum1 + (sum2 + sum3)
}
