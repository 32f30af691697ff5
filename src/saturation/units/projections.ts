import { gaussian } from '../linalg/gaussian.ts'
import { identity, type AffineMap } from './affineMap.ts'
import { orthonormalised, projectorOnto } from './orthonormal.ts'
import type { Moments } from './moments.ts'
import { reconstruction } from './reconstruction.ts'

/**
 * Projection onto random directions: x ↦ QQᵀ(x − μ) + μ, where the columns of Q are an orthonormal basis of a uniformly
 * random subspace. It is the control of an eigenspace of the same rank.
 * @param mean [width] μ
 * @param seed determines the subspace. Of two ranks with one seed the smaller subspace lies in the larger.
 * @throws RangeError when the rank is not a whole number from 0 to the width.
 */
export function randomProjection(mean: Float64Array, rank: number, seed: number): AffineMap {
  const width = mean.length
  if (!Number.isInteger(rank) || rank < 0 || rank > width)
    throw new RangeError(`a projection of ${width} features cannot have rank ${rank}`)
  if (rank === width) return identity(width)
  const values = gaussian(width * rank, seed)
  const directions = Array.from({ length: rank }, (_, i) =>
    Float64Array.from(values.subarray(i * width, (i + 1) * width)),
  )
  return { width, rank, matrix: projectorOnto(orthonormalised(directions), width), centre: mean }
}

/**
 * Estimate of all units from some of them (`reconstruction`), as a map of the whole feature vector: what a layer with
 * only these units passes on if the rest is folded into the next layer's weights.
 * @throws the errors of `reconstruction`.
 */
export function unitsProjection(moments: Moments, units: readonly number[]): AffineMap {
  const width = moments.mean.length
  const { matrix: estimate } = reconstruction(moments, units)
  if (units.length === width) return identity(width)
  const matrix = new Float64Array(width * width)
  units.forEach((unit, s) => {
    for (let i = 0; i < width; i++) matrix[unit * width + i] = estimate[i * units.length + s]!
  })
  return { width, rank: units.length, matrix, centre: moments.mean }
}
