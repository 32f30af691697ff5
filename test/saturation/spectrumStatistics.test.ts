import { describe, expect, it } from 'vitest'
import { FLOAT32, FLOAT64 } from '../../src/saturation/linalg/precision.ts'
import { spectrumOf } from '../../src/saturation/spectrum.ts'
import { spectrumStatistics } from '../../src/saturation/spectrumStatistics.ts'

const of = (values: number[], precision = FLOAT64) => spectrumStatistics(spectrumOf(values), precision)

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

  it('are those of the formulas', () => {
    // Shares 1/2, 1/4, 1/8, 1/8: an entropy of 1.75 bits; (8)² / (16 + 4 + 1 + 1).
    const s = of([4, 2, 1, 1])
    expect(s.diagonalTrace).toBe(8)
    expect(s.effectiveRank).toBeCloseTo(2 ** 1.75, 12)
    expect(s.participationRatio).toBeCloseTo(64 / 22, 12)
    expect(s.logDeterminant).toBeCloseTo(Math.log(8), 12)
    expect(s.condition).toBe(4)
  })

  it('below full rank give the log-pseudo-determinant and say the rank', () => {
    const s = of([9, 4, 1e-20, -1e-18])
    expect(s).toMatchObject({ rank: 2, condition: null, diagonalTrace: 13 })
    expect(s.logDeterminant).toBeCloseTo(Math.log(36), 12)
    // What float32 sums cannot resolve, float64 sums can.
    expect(of([1, 1e-8], FLOAT32).rank).toBe(1)
    expect(of([1, 1e-8], FLOAT64).rank).toBe(2)
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

  it('of a binned spectrum are upper bounds, and say so', () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1 / (i + 1))
    const whole = spectrumStatistics({ head: values, tail: [] }, FLOAT64)
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
