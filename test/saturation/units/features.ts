import { Covariance } from '../../../src/saturation/covariance.ts'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import type { Moments } from '../../../src/saturation/units/moments.ts'

/** Rows [count × width] of rank `rank` about means that differ, with a decaying spectrum. */
export function features(count: number, width: number, rank: number, seed: number): Float64Array {
  const mix = gaussian(width * rank, seed)
  const noise = gaussian(count * rank, seed + 1)
  const rows = new Float64Array(count * width)
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < width; i++) {
      rows[r * width + i] = i % 5
      for (let j = 0; j < rank; j++) rows[r * width + i]! += noise[r * rank + j]! * mix[i * rank + j]! * 0.9 ** j
    }
  }
  return rows
}

/** Moments as the product measures them. */
export function momentsOf(rows: Float64Array, width: number): Moments {
  const covariance = new Covariance(width)
  covariance.addRows(rows)
  return { mean: covariance.mean, covariance: covariance.matrix(), observations: covariance.count }
}
