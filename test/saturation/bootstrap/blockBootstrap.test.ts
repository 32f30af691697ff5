import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bootstrapDimension, pooled } from '../../../src/saturation/bootstrap/blockBootstrap.ts'
import { Covariance } from '../../../src/saturation/covariance.ts'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import { measure } from '../../../src/saturation/measure.ts'

const WIDTH = 8

/** Blocks of rows whose features have falling variances. */
function blocksOf(count: number, rows: number, seed: number): Covariance[] {
  return Array.from({ length: count }, (_, n) => {
    const block = new Covariance(WIDTH)
    const values = gaussian(rows * WIDTH, 1000 * seed + n)
    block.addRows(values.map((value, at) => value * 0.7 ** (at % WIDTH) + 3))
    return block
  })
}

it('pooled covariances of workers are that of all their rows together, however these are divided', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 }),
      fc.integer(),
      (sizes, seed) => {
        const whole = new Covariance(WIDTH)
        const parts = sizes.map((rows, n) => {
          const values = Float64Array.from(gaussian(rows * WIDTH, seed + n), (value) => value + 1e4)
          const part = new Covariance(WIDTH)
          part.addRows(values)
          whole.addRows(values)
          return part
        })
        const merged = pooled(parts)
        expect(merged.count).toBe(whole.count)
        merged.products.forEach((value, at) => expect(value).toBeCloseTo(whole.products[at]!, 6))
        merged.mean.forEach((value, at) => expect(value).toBeCloseTo(whole.mean[at]!, 8))
      },
    ),
    { numRuns: 30 },
  )
})

describe('the bootstrap over blocks', () => {
  it('has the exact k within its band, and the true one in about 95 of 100 samples', () => {
    // k of the population: variances 0.49^i of 8 features.
    const truth = 6
    let covered = 0
    for (let seed = 0; seed < 40; seed++) {
      const { k, band, replicates } = bootstrapDimension(blocksOf(16, 30, seed), 0.98)
      expect(replicates).toBe(200)
      expect(band!.low).toBeLessThanOrEqual(k)
      expect(band!.high).toBeGreaterThanOrEqual(k)
      if (band!.low <= truth && truth <= band!.high) covered++
    }
    expect(covered).toBeGreaterThanOrEqual(36)
  })

  it('has no band from few blocks, nor without time, and is the same each time', () => {
    expect(bootstrapDimension(blocksOf(7, 30, 1), 0.98).band).toBeNull()
    expect(bootstrapDimension(blocksOf(16, 30, 1), 0.98, () => false)).toMatchObject({ band: null, replicates: 0 })
    const blocks = blocksOf(16, 30, 1)
    expect(bootstrapDimension(blocks, 0.98)).toEqual(bootstrapDimension(blocks, 0.98))
    expect(bootstrapDimension(blocks, 0.98).k).toBe(measure(pooled(blocks), 0.98).k)
  })
})
