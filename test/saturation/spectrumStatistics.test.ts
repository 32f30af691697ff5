import { describe, expect, it } from 'vitest'
import { FLOAT32_EPSILON, FLOAT64_EPSILON } from '../../src/saturation/linalg/precision.ts'
import { spectrumOf } from '../../src/saturation/spectrum.ts'
import { spectrumStatistics } from '../../src/saturation/spectrumStatistics.ts'

const of = (values: number[], precision = FLOAT64_EPSILON) => spectrumStatistics(spectrumOf(values), precision)

describe('statistics of a spectrum', () => {
  it('of equal eigenvalues count them', () => {
    for (const value of [1, 1e-300, 1e300]) {
      const s = of(new Array<number>(64).fill(value))
      expect(s.rank).toBe(64)
      expect(s.effectiveRank).toBeCloseTo(64, 9)
      expect(s.participationRatio).toBeCloseTo(64, 9)
      expect(s.condition).toBe(1)
      expect(s.logDeterminant! / (64 * Math.log(value) || 1)).toBeCloseTo(value === 1 ? 0 : 1, 12)
    }
  })

  it('agree with the formulas', () => {
    // The shares 1/2, 1/4, 1/8, 1/8 have an entropy of 1.75 bits. The participation ratio is 8² / (16 + 4 + 1 + 1).
    const s = of([4, 2, 1, 1])
    expect(s.diagonalTrace).toBe(8)
    expect(s.effectiveRank).toBeCloseTo(2 ** 1.75, 12)
    expect(s.participationRatio).toBeCloseTo(64 / 22, 12)
    expect(s.logDeterminant).toBeCloseTo(Math.log(8), 12)
    expect(s.condition).toBe(4)
  })

  it('below full rank include the log-pseudo-determinant and the rank', () => {
    const s = of([9, 4, 1e-20, -1e-18])
    expect(s).toMatchObject({ rank: 2, condition: null, diagonalTrace: 13 })
    expect(s.logDeterminant).toBeCloseTo(Math.log(36), 12)
    // An eigenvalue of 1e-8 is noise in float32 but not in float64.
    expect(of([1, 1e-8], FLOAT32_EPSILON).rank).toBe(1)
    expect(of([1, 1e-8], FLOAT64_EPSILON).rank).toBe(2)
  })

  it('do not underflow where the determinant does', () => {
    const s = of(Array.from({ length: 400 }, (_, i) => 0.99 ** i / 1000))
    expect(s.rank).toBe(400)
    expect(s.logDeterminant).toBeCloseTo(400 * Math.log(1e-3) + ((399 * 400) / 2) * Math.log(0.99), 6)
  })

  it('are null without variance', () => {
    for (const none of [[], [0, 0]]) {
      const nothing = { logDeterminant: null, condition: null, effectiveRank: null, participationRatio: null }
      expect(of(none)).toEqual({ diagonalTrace: 0, rank: 0, ...nothing, exact: true })
    }
  })

  it('of a binned spectrum are upper bounds, marked as not exact', () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1 / (i + 1))
    const whole = spectrumStatistics({ head: values, tail: [] }, FLOAT64_EPSILON)
    const binned = of(values)
    expect([whole.exact, binned.exact]).toEqual([true, false])
    expect(binned.diagonalTrace).toBeCloseTo(whole.diagonalTrace, 12)
    for (const name of ['logDeterminant', 'effectiveRank', 'participationRatio'] as const) {
      expect(binned[name]!).toBeGreaterThanOrEqual(whole[name]!)
      expect(binned[name]! / whole[name]!).toBeCloseTo(1, 2)
    }
    expect(binned.condition).toBeNull()
  })
})
