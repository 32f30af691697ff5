import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Covariance } from '../../src/saturation/covariance.ts'
import { dimension } from '../../src/saturation/dimension.ts'
import { eigenvalues } from '../../src/saturation/linalg/eigenvalues.ts'
import { measure } from '../../src/saturation/measure.ts'
import { FLOAT32_EPSILON } from '../../src/saturation/linalg/precision.ts'
import { gaussian } from '../../src/saturation/linalg/gaussian.ts'
import { cases } from '../stress.ts'
import { covariance as oracle, expected } from './oracle.ts'

function ofRows(rows: number[][]): Covariance {
  const covariance = new Covariance(rows[0]!.length)
  expect(covariance.addRows(rows.flat())).toBe(true)
  return covariance
}

/** Adds rows by sums about a fixed point that are formed in float32 term by term, as the simplest backend would. */
function addInFloat32(covariance: Covariance, rows: number[][], shift: Float32Array): boolean {
  const width = covariance.width
  const sum = new Float32Array(width)
  const gram = new Float32Array(width * width)
  for (const row of rows) {
    const deviation = Float32Array.from(row, (value, i) => Math.fround(value) - shift[i]!)
    for (let i = 0; i < width; i++) {
      sum[i]! += deviation[i]!
      for (let j = 0; j < width; j++) gram[i * width + j]! += Math.fround(deviation[i]! * deviation[j]!)
    }
  }
  return covariance.addSums(shift, { count: rows.length, sum, gram }, FLOAT32_EPSILON)
}

/** Rows [count][width] with a decaying spectrum, means of `mean` and standard deviations of about `sd`. */
function features(count: number, width: number, mean: number, sd: number, seed = 1): number[][] {
  const mix = gaussian(width * width, seed)
  const noise = gaussian(count * width, seed + 1)
  return Array.from({ length: count }, (_, r) =>
    Array.from({ length: width }, (_, i) => {
      let value = 0
      for (let j = 0; j < width; j++) value += noise[r * width + j]! * mix[i * width + j]! * 0.85 ** j
      return mean + (sd * value) / 2
    }),
  )
}

const close = (actual: Covariance, rows: number[][]): void => {
  const matrix = oracle(rows)
  const trace = matrix.reduce((sum, row, i) => sum + row[i]!, 0)
  const largest = Math.max(...rows.flat().map(Math.abs))
  const width = actual.width
  const entries = actual.matrix()
  for (let i = 0; i < width * width; i++) {
    const error = Math.abs(entries[i]! - matrix[Math.floor(i / width)]![i % width]!)
    // Squares of denormals have only their last digit to compare.
    expect(error).toBeLessThanOrEqual(1e-12 * trace + (1e-14 * largest) ** 2 + rows.length * Number.MIN_VALUE)
  }
}

describe('streaming covariance', () => {
  const streams = fc.integer({ min: 1, max: 5 }).chain((width) =>
    fc.record({
      rows: fc.array(
        fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: width, maxLength: width }),
        { minLength: 2, maxLength: 30 },
      ),
      cuts: fc.array(fc.nat(29), { maxLength: 6 }),
      order: fc.infiniteStream(fc.nat()),
    }),
  )

  it('is the same in any order and grouping of merges', () => {
    fc.assert(
      fc.property(streams, ({ rows, cuts, order }) => {
        const at = [0, ...cuts.filter((cut) => cut < rows.length).sort((a, b) => a - b), rows.length]
        const parts = at.slice(1).flatMap((to, i) => (to > at[i]! ? [ofRows(rows.slice(at[i], to))] : []))
        const take = () => parts.splice(order.next().value! % parts.length, 1)[0]!
        while (parts.length > 1) {
          const one = take()
          one.merge(take())
          parts.push(one)
        }
        expect(parts[0]!.count).toBe(rows.length)
        close(parts[0]!, rows)
      }),
    )
  })

  it('is the same whether rows come at once, one by one, or as float32 sums', () => {
    const rows = features(300, 6, 3, 1).map((row) => row.map(Math.fround))
    close(ofRows(rows), rows)
    const single = new Covariance(6)
    for (const row of rows) single.addRows(row)
    close(single, rows)
    const summed = new Covariance(6)
    const shift = Float32Array.from(rows[0]!)
    for (let i = 0; i < 300; i += 50) addInFloat32(summed, rows.slice(i, i + 50), shift)
    const matrix = oracle(rows).flat()
    summed.matrix().forEach((entry, i) => expect(Math.abs(entry - matrix[i]!)).toBeLessThan(2e-6 * summed.trace()))
  })

  const table = [0, 1, 1e3, 1e6].flatMap((mean) => [1, 0.1, 0.01].map((sd) => ({ mean, sd })))
  it.each(table)('finds the exact k at a mean of $mean and a standard deviation of $sd', ({ mean, sd }) => {
    const width = 32
    const rows = features(640, width, mean, sd)
    for (const delta of [0.9, 0.99, 0.999]) {
      expect(measure(ofRows(rows), delta)).toMatchObject({ status: 'ok', k: expected(rows, delta).k })
    }
    // Around 1e6, float32 numbers are 0.06 apart, so the reference is the covariance of the rounded features.
    const rounded = rows.map((row) => row.map(Math.fround))
    const summed = new Covariance(width)
    const shift = Float32Array.from(rounded[0]!)
    for (let i = 0; i < rows.length; i += 128) addInFloat32(summed, rounded.slice(i, i + 128), shift)
    const truth = expected(rounded, 0.99)
    expect(measure(summed, 0.99)).toMatchObject({ status: 'ok', k: truth.k })
    expect(summed.trace() / truth.trace).toBeCloseTo(1, 4)
  })

  it.each([1e-30, 1e-19, 1, 1e19, 1e30])('finds the same k at a scale of %d', (scale) => {
    const rows = features(200, 12, 1, 1)
    const scaled = rows.map((row) => row.map((value) => value * scale))
    const measured = measure(ofRows(scaled), 0.99)
    expect(measured).toMatchObject({ status: 'ok', k: expected(rows, 0.99).k })
    expect(measured.trace! / scale ** 2 / ofRows(rows).trace()).toBeCloseTo(1, 9)
  })

  it('keeps denormal variances', () => {
    // Deviations of ±1e-155 have squares of 1e-310.
    const covariance = ofRows([[1e-155, 0], [-1e-155, 0], [1e-155, 0], [-1e-155, 0]]) // prettier-ignore
    expect(measure(covariance, 0.99)).toMatchObject({ status: 'ok', k: 1 })
  })

  it('rejects arguments that do not fit', () => {
    for (const width of [0, -1, 1.5, NaN]) expect(() => new Covariance(width)).toThrow(RangeError)
    expect(() => new Covariance(2, new Float64Array(3))).toThrow(RangeError)
    expect(() => new Covariance(3).addRows([1, 2])).toThrow('not rows of 3')
    expect(() => new Covariance(3).merge(new Covariance(2))).toThrow('cannot merge width 2 into 3')
  })
})

describe('statuses', () => {
  it('of width 1, and of a constant feature beside a varying one', () => {
    expect(measure(ofRows([[1], [2], [4]]), 0.99)).toMatchObject({ status: 'ok', k: 1 })
    expect(measure(ofRows([[1, 7], [2, 7], [4, 7]]), 0.99)).toMatchObject({ status: 'ok', k: 1 }) // prettier-ignore
  })

  it.each([0, 0.1, 1 / 3, -7e5, 1e-30, 1e30])('of features that are always %d', (value) => {
    const rows = Array.from({ length: 1000 }, () => [value, value / 3])
    const constant = { status: 'constant', k: 0, trace: 0, spectrum: { head: [], tail: [] }, vectors: [] }
    const covariance = ofRows(rows.slice(0, 334))
    covariance.merge(ofRows(rows.slice(334)))
    expect(measure(covariance, 0.99)).toEqual(constant)
    if (Math.abs(value) > 1e18 || (value !== 0 && Math.abs(value) < 1e-18)) return
    // The fixed point is as far off as the features are large, so that the sums contain only rounding.
    const summed = new Covariance(2)
    for (const [from, to] of [
      [0, 300],
      [300, 1000],
    ] as const)
      // prettier-ignore
      addInFloat32(summed, rows.slice(from, to), Float32Array.of(value * 1.9, value * 1.1))
    expect(measure(summed, 0.99)).toEqual(constant)
  })

  it('of fewer observations than two, and than features', () => {
    expect(measure(new Covariance(3), 0.99)).toMatchObject({ status: 'tooFew', k: 0 })
    expect(measure(ofRows([[1, 2, 3]]), 0.99)).toMatchObject({ status: 'tooFew', k: 0 })
    const few = ofRows(features(5, 40, 0, 1))
    expect(measure(few, 1)).toMatchObject({ status: 'ok', k: 4 })
  })

  it('of NaN and infinity leave the covariance unchanged', () => {
    const covariance = ofRows([[1, 2], [3, 5]]) // prettier-ignore
    const before = covariance.matrix()
    for (const bad of [NaN, Infinity, -Infinity, 1e200]) {
      expect(covariance.addRows([1, bad, 2, 2])).toBe(false)
      expect(covariance.addSums([0, 0], { count: 2, sum: [1, 1], gram: [1, 0, 0, bad * bad] })).toBe(false)
      expect(covariance.addSums([0, 0], { count: 2, sum: [bad * bad, 1], gram: [1, 0, 0, 1] })).toBe(false)
    }
    expect([covariance.count, [...covariance.matrix()]]).toEqual([2, [...before]])
    expect(measure(covariance, 0.99, 2)).toMatchObject({ status: 'nonFinite', k: 1 })
  })
})

describe('wide layers', () => {
  it.each([512, cases(2048, 4096)])('of width %d with a spectrum known in closed form', (width) => {
    // A tridiagonal matrix of 2 and −1 has the eigenvalues 2 − 2 cos(jπ / (width + 1)).
    const matrix = new Float64Array(width * width)
    for (let i = 0; i < width; i++) {
      matrix[i * width + i] = 2
      if (i > 0) matrix[i * width + i - 1] = matrix[(i - 1) * width + i] = -1
    }
    const known = Array.from({ length: width }, (_, j) => 2 - 2 * Math.cos(((width - j) * Math.PI) / (width + 1)))
    const found = eigenvalues(matrix, width)
    found.forEach((value, j) => expect(Math.abs(value - known[j]!)).toBeLessThan(1e-12))
    expect(dimension(found, 0.99)).toBe(dimension(known, 0.99))
  })

  it('of a width of 1,024 and a dense covariance of known eigenvalues, repeated ones among them', () => {
    const width = 1024
    const known = Float64Array.from({ length: width }, (_, i) => 1 / (1 + Math.floor(i / 4)) ** 2)
    // D reflected by I − 2vvᵀ has the eigenvalues of D.
    const direction = gaussian(width, 3)
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0))
    const v = Float64Array.from(direction).map((value) => value / length)
    const vdv = v.reduce((sum, value, i) => sum + value * value * known[i]!, 0)
    const matrix = new Float64Array(width * width)
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        const cross = -2 * v[i]! * v[j]! * (known[i]! + known[j]! - 2 * vdv)
        matrix[i * width + j] = (i === j ? known[i]! : 0) + cross
      }
    }
    const found = eigenvalues(matrix, width)
    found.forEach((value, j) => expect(Math.abs(value - known[j]!)).toBeLessThan(1e-13))
    for (const delta of [0.5, 0.9, 0.99, 0.999]) expect(dimension(found, delta)).toBe(dimension(known, delta))
  })
})
