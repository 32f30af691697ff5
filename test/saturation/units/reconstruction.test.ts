import fc from 'fast-check'
import { inverse, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { reconstruction } from '../../../src/saturation/units/reconstruction.ts'
import { selectUnits } from '../../../src/saturation/units/selectUnits.ts'
import { features, momentsOf } from './features.ts'

const closeTo = (actual: ArrayLike<number>, wanted: ArrayLike<number>, digits = 8): void =>
  Array.from(wanted).forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits))

describe('the estimate of all units from some', () => {
  it('is Σ_·S Σ_SS⁻¹ and μ − B μ_S', () => {
    const cases = fc.record({
      units: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
      seed: fc.integer({ min: 1, max: 1e6 }),
    })
    fc.assert(
      fc.property(cases, ({ units, seed }) => {
        const { mean, covariance } = momentsOf(features(300, 7, 7, seed), 7)
        const { matrix, constant, ridge } = reconstruction({ mean, covariance }, units)
        const whole = Matrix.from1DArray(7, 7, [...covariance])
        const columns = whole.subMatrixColumn(units)
        const wanted = columns.mmul(inverse(whole.selection(units, units)))
        closeTo(matrix, wanted.to1DArray(), 6)
        closeTo(
          constant,
          mean.map((value, i) => value - units.reduce((sum, u, s) => sum + wanted.get(i, s) * mean[u]!, 0)),
          6,
        )
        expect(ridge).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  it('leaves the chosen units as they are, to the bit, and is the identity for all of them', () => {
    const moments = momentsOf(features(300, 6, 6, 4), 6)
    const { matrix, constant } = reconstruction(moments, [0, 1, 2, 3, 4, 5])
    expect([...matrix]).toEqual(Matrix.eye(6).to1DArray())
    expect([...constant]).toEqual([0, 0, 0, 0, 0, 0])
    const some = reconstruction(moments, [4, 1])
    expect([...some.matrix.subarray(8, 10), ...some.matrix.subarray(2, 4)]).toEqual([1, 0, 0, 1])
    expect([some.constant[4], some.constant[1]]).toEqual([0, 0])
  })

  it('is the mean where there are no units, or only such as do not vary', () => {
    const mean = Float64Array.of(1, 2)
    expect(reconstruction({ mean, covariance: new Float64Array(4) }, []).constant).toEqual(mean)
    const constant = reconstruction({ mean, covariance: Float64Array.of(0, 0, 0, 3) }, [0])
    expect([...constant.matrix, ...constant.constant, constant.ridge]).toEqual([1, 0, 0, 2, 0])
    expect([...reconstruction({ mean: Float64Array.of(7), covariance: Float64Array.of(2) }, [0]).matrix]).toEqual([1])
  })

  it('has a ridge where the units determine each other, and is exact on the data all the same', () => {
    const rows = features(400, 6, 2, 8)
    const { matrix, constant, ridge } = reconstruction(momentsOf(rows, 6), [0, 1, 2, 3])
    expect(ridge).toBeGreaterThan(0)
    expect(ridge).toBeLessThan(1e-10)
    for (let at = 0; at < rows.length; at += 6) {
      for (const i of [4, 5]) {
        let estimate = constant[i]!
        for (let s = 0; s < 4; s++) estimate += matrix[i * 4 + s]! * rows[at + s]!
        expect(estimate).toBeCloseTo(rows[at + i]!, 4)
      }
    }
  })

  it('has a ridge where observations are few, which keeps the error on other data bounded', () => {
    const width = 64
    const all = features(3000, width, width, 9)
    const moments = momentsOf(all.subarray(0, 32 * width), width)
    const units = selectUnits([moments.covariance]).order
    const error = ({ matrix, constant }: ReturnType<typeof reconstruction>): number => {
      let sum = 0
      for (let at = 32 * width; at < all.length; at += width) {
        for (let i = 0; i < width; i++) {
          let estimate = constant[i]!
          units.forEach((unit, s) => (estimate += matrix[i * units.length + s]! * all[at + unit]!))
          sum += (estimate - all[at + i]!) ** 2
        }
      }
      return sum
    }
    const few = reconstruction(moments, units)
    expect(few.ridge).toBe(1 / 32)
    expect(error(few)).toBeLessThan(error(reconstruction({ ...moments, observations: undefined }, units)) / 20)
    expect(reconstruction({ ...moments, observations: 128 }, units.slice(0, 9)).ridge).toBe(0)
  })

  it.each([
    [{ mean: Float64Array.of(NaN), covariance: Float64Array.of(1) }, [0], 'mean has an entry'],
    [{ mean: Float64Array.of(0), covariance: Float64Array.of(NaN) }, [0], 'covariance has an entry'],
    [{ mean: Float64Array.of(0, 0), covariance: Float64Array.of(1) }, [0], 'does not belong'],
    [{ mean: Float64Array.of(0), covariance: Float64Array.of(1) }, [1], 'no unit 1'],
    [{ mean: Float64Array.of(0), covariance: Float64Array.of(1) }, [0, 0], 'twice'],
  ])('refuses %j of units %j', (moments, units, message) => {
    expect(() => reconstruction(moments, units)).toThrow(message)
  })
})
