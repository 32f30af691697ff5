import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addPoint, emptySeries } from '../../src/run/series.ts'

describe('a curve', () => {
  it('keeps all points while it is short', () => {
    const series = emptySeries()
    for (let i = 0; i < 1000; i++) addPoint(series, i, i === 500 ? null : -i)
    expect(series.x).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(series.y[500]).toBeNull()
    expect(series.y[501]).toBe(-501)
  })

  it('is bounded and has an even resolution, however long the run is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000 }), (points) => {
        const series = emptySeries()
        for (let i = 0; i < points; i++) addPoint(series, i, i / 2)
        expect(series.x.length).toBeLessThan(1024)
        expect(series.x.length).toBeGreaterThanOrEqual(Math.min(points, 512))
        expect(series.x).toEqual(series.x.map((_, i) => i * series.stride))
        expect(series.y).toEqual(series.x.map((x) => x / 2))
        expect(points - 1 - series.x.at(-1)!).toBeLessThan(series.stride * 2)
      }),
      { numRuns: 40 },
    )
  })
})
