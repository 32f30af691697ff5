import fc from 'fast-check'
import { Matrix, solve } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { selectUnits, unitsOfSize } from '../../../src/saturation/units/selectUnits.ts'
import { cases as count } from '../../stress.ts'
import { features, momentsOf } from './features.ts'

/** Share of the variance of the rows that a least-squares fit on some units, with a constant, explains. */
function explainedByFit(rows: Float64Array, width: number, units: number[]): number {
  const count = rows.length / width
  const table = Array.from({ length: count }, (_, r) => Array.from(rows.subarray(r * width, (r + 1) * width)))
  const mean = Array.from({ length: width }, (_, i) => table.reduce((sum, row) => sum + row[i]!, 0) / count)
  const y = new Matrix(table.map((row) => row.map((value, i) => value - mean[i]!)))
  const x = new Matrix(y.to2DArray().map((row) => units.map((unit) => row[unit]!)))
  const rest = Matrix.sub(y, x.mmul(solve(x, y, true)))
  return 1 - rest.norm('frobenius') ** 2 / y.norm('frobenius') ** 2
}

const cases = fc.record({
  width: fc.integer({ min: 1, max: 9 }),
  rank: fc.integer({ min: 1, max: 9 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
})

describe('the choice of units', () => {
  it('explains as much as a least-squares fit, and each step is the best one', () => {
    fc.assert(
      fc.property(cases, ({ width, rank, seed }) => {
        const rows = features(40, width, rank, seed)
        const { order, explained } = selectUnits([momentsOf(rows, width).covariance])
        // The covariance holds roundings of its own, which may count as one unit more: it explains nothing.
        const numericalRank = explained.findIndex((share) => 1 - share < 1e-12) + 1
        expect(numericalRank).toBe(Math.min(width, rank))
        expect(order.length).toBeLessThanOrEqual(numericalRank + 1)
        for (let size = 1; size <= numericalRank; size++) {
          const units = order.slice(0, size)
          expect(explained[size - 1]).toBeCloseTo(explainedByFit(rows, width, units), 9)
          const before = order.slice(0, size - 1)
          for (let other = 0; other < width; other++) {
            if (before.includes(other)) continue
            expect(explainedByFit(rows, width, [...before, other])).toBeLessThan(explained[size - 1]! + 1e-9)
          }
        }
        if (order.length > 0) expect(explained.at(-1)).toBeCloseTo(1, 10)
      }),
      { numRuns: count(40, 1000) },
    )
  })

  it('is nested: a limit cuts the order short', () => {
    const { covariance } = momentsOf(features(300, 40, 40, 7), 40)
    const whole = selectUnits([covariance])
    for (const count of [0, 1, 7, 40])
      expect(selectUnits([covariance], { count }).order).toEqual(whole.order.slice(0, count))
    const { order, explained } = selectUnits([covariance], { share: 0.9 })
    expect(order).toEqual(whole.order.slice(0, order.length))
    expect(explained.at(-1)).toBeGreaterThanOrEqual(0.9)
    expect(explained.at(-2)).toBeLessThan(0.9)
    expect(selectUnits([covariance], { share: 0 }).order).toEqual([])
  })

  it('does not depend on the scale, up to the ends of float64', () => {
    const { covariance } = momentsOf(features(300, 20, 20, 3), 20)
    const { order } = selectUnits([covariance])
    for (const exponent of [-900, 900])
      expect(selectUnits([covariance.map((entry) => entry * 2 ** exponent)]).order).toEqual(order)
  })

  it('ends at the numerical rank where there are fewer observations than features', () => {
    expect(selectUnits([momentsOf(features(30, 200, 200, 5), 200).covariance]).order).toHaveLength(29)
    expect(selectUnits([momentsOf(features(900, 200, 17, 5), 200).covariance]).order).toHaveLength(17)
  })

  it('takes the first of units that are alike, once', () => {
    const rows = features(50, 3, 3, 1)
    const doubled = Float64Array.from({ length: 300 }, (_, at) => rows[Math.floor(at / 6) * 3 + (at % 3)]!)
    const { order } = selectUnits([momentsOf(doubled, 6).covariance])
    expect([...order].sort()).toEqual([0, 1, 2])
  })

  it('adds the shares of several layers, whatever their scale', () => {
    const [a, b] = [1, 2].map((seed) => momentsOf(features(200, 12, 12, seed), 12).covariance)
    const together = selectUnits([a!, b!])
    expect(selectUnits([a!.map((entry) => entry * 1e6), b!]).order).toEqual(together.order)
    expect(selectUnits([a!, a!]).order).toEqual(selectUnits([a!]).order)
    expect(selectUnits([a!, new Float64Array(144)]).order).toEqual(selectUnits([a!]).order)
    const alone = [a!, b!].map((covariance) => selectUnits([covariance]).explained)
    together.explained.forEach((share, i) => {
      expect(share).toBeLessThanOrEqual((alone[0]![i]! + alone[1]![i]!) / 2 + 0.1)
      expect(share).toBeGreaterThan(together.explained[i - 1] ?? 0)
    })
  })

  it('chooses nothing where nothing varies, and the one unit of a layer of width 1', () => {
    expect(selectUnits([new Float64Array(16)])).toEqual({ order: [], explained: new Float64Array(0) })
    expect(selectUnits([Float64Array.of(3)])).toEqual({ order: [0], explained: Float64Array.of(1) })
    expect(selectUnits([Float64Array.of(0, 0, 0, 2)]).order).toEqual([1])
  })

  it.each([
    [[Float64Array.of(1, NaN, NaN, 1)], 'not finite'],
    [[Float64Array.of(Infinity)], 'not finite'],
    [[new Float64Array(3)], 'not a covariance'],
    [[new Float64Array(0)], 'not a covariance'],
    [[new Float64Array(4), new Float64Array(9)], 'widths 2 and 3'],
    [[], 'no covariance'],
  ])('refuses %j', (covariances, message) => {
    expect(() => selectUnits(covariances)).toThrow(message)
  })

  it('refuses limits out of range', () => {
    expect(() => selectUnits([Float64Array.of(1)], { share: NaN })).toThrow('share')
    expect(() => selectUnits([Float64Array.of(1)], { count: -1 })).toThrow('negative')
  })
})

describe('the units of a width', () => {
  it('are the first of the order, and others where all that varies is explained', () => {
    expect(unitsOfSize([3, 1], 1, 5)).toEqual([3])
    expect(unitsOfSize([3, 1], 2, 5)).toEqual([1, 3])
    expect(unitsOfSize([3, 1], 4, 5)).toEqual([0, 1, 2, 3])
    expect(unitsOfSize([], 0, 5)).toEqual([])
  })

  it('are never more than there are', () => {
    expect(() => unitsOfSize([0], 6, 5)).toThrow('6 of 5')
    expect(() => unitsOfSize([0], 1.5, 5)).toThrow(RangeError)
  })
})
