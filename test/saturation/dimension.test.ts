import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { delveDimension, dimension } from '../../src/saturation/dimension.ts'

const GEOMETRIC = Array.from({ length: 16 }, (_, i) => 2 ** -i)
const TEN = [42, 22, 13, 9, 5.5, 4, 2.1, 1.2, 0.8, 0.4]

/** Spectra of whole numbers, whose sums are exact. */
const spectra = fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }).map((values) => values.sort((a, b) => b - a))
const deltas = fc.double({ min: 0.01, max: 0.9999, noNaN: true })

describe('dimension', () => {
  it.each([0.3, 0.5, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999].map((delta, i) => [delta, i] as const))(
    'counts ten eigenvalues at delta %d by the definition, and as delve does',
    (delta, i) => {
      expect(dimension(TEN, delta)).toBe([1, 2, 5, 6, 7, 8, 9, 9, 10][i])
      expect(delveDimension(TEN, delta)).toBe([1, 2, 5, 6, 6, 7, 8, 8, 9][i])
    },
  )

  it('counts a geometric spectrum', () => {
    expect([0.9, 0.95, 0.99, 0.999].map((delta) => dimension(GEOMETRIC, delta))).toEqual([4, 5, 7, 10])
    expect([0.9, 0.95, 0.99, 0.999].map((delta) => delveDimension(GEOMETRIC, delta))).toEqual([4, 4, 6, 9])
  })

  it('counts two eigenvalues for which the definition and delve differ', () => {
    const two = [13.64003, 0.10997]
    expect([dimension(two, 0.99), dimension(two, 0.995), delveDimension(two, 0.995)]).toEqual([1, 2, 1])
  })

  it.each([1, 0.1, 1 / 3, 1e-30, 1e30, 1e-308])(
    'decides ties between equal eigenvalues of %d in favour of the smaller k',
    (value) => {
      const equal = new Float64Array(64).fill(value)
      expect(dimension(equal, 0.99)).toBe(64)
      expect(delveDimension(equal, 0.99)).toBe(63)
      for (let k = 1; k <= 64; k++) expect(dimension(equal, k / 64)).toBe(k)
      const many = new Float64Array(4096).fill(value)
      for (const k of [1, 1000, 4055, 4095, 4096]) expect(dimension(many, k / 4096)).toBe(k)
      expect(dimension(new Float64Array(1000).fill(value), 0.999)).toBe(999)
    },
  )

  it('counts every eigenvalue that is above rounding at delta 1', () => {
    expect(dimension([3, 2, 1], 1)).toBe(3)
    expect(dimension([1, 1e-12, 0, -1e-17], 1)).toBe(2)
    expect(dimension(new Float64Array(7).fill(0.1), 1)).toBe(7)
  })

  it('takes the sum of omitted eigenvalues into account', () => {
    expect(dimension([42, 22], 0.5, 36)).toBe(2)
    expect(dimension([42, 22], 0.64, 36)).toBe(2)
    expect(dimension([42, 22], 0.65, 36)).toBe(3)
    expect(dimension([], 0.5, 1)).toBe(1)
  })

  it('is 0 without variance, and rejects a delta outside (0, 1]', () => {
    for (const none of [[], [0], [0, 0, -1e-20]])
      expect([dimension(none, 0.99), delveDimension(none, 0.99)]).toEqual([0, 0])
    for (const delta of [0, -1, 1.0001, NaN]) {
      expect(() => dimension([1], delta)).toThrow('delta must be in (0, 1]')
      expect(() => delveDimension([1], delta)).toThrow(RangeError)
    }
  })

  it('is the smallest count that holds delta, for any spectrum', () => {
    fc.assert(
      fc.property(spectra, deltas, (values, delta) => {
        const k = dimension(values, delta)
        const total = values.reduce((a, b) => a + b, 0)
        const held = (n: number) => values.slice(0, n).reduce((a, b) => a + b, 0)
        if (total === 0) return k === 0
        return held(k) >= delta * total * (1 - 1e-13) && held(k - 1) < delta * total * (1 + 1e-13)
      }),
    )
  })
})
