import { describe, expect, it } from 'vitest'
import { dimension } from '../../../src/saturation/dimension.ts'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import { Sketch } from '../../../src/saturation/sketch/sketch.ts'
import { sketchDimension } from '../../../src/saturation/sketch/sketchDimension.ts'
import { covariance, expected } from '../oracle.ts'
import { cases } from '../../stress.ts'

const WIDE = 16_384
/** Widest layer that is measured exactly by default. Most spectra are tried there, in a third of the time. */
const SKETCHED = 4096
/** Width at which further spectra are tried; they take 6 s each at the largest. */
const WIDER = cases(SKETCHED, WIDE)
const DIRECTIONS = 160

function features(count: number, width: number, seed: number): number[][] {
  const noise = gaussian(count * width, seed)
  return Array.from({ length: count }, (_, r) =>
    Array.from({ length: width }, (_, i) => 5 + noise[r * width + i]! * 0.9 ** i),
  )
}

/** The sketch of a million observations whose covariance is diag(eigenvalues), reflected by I − 2vvᵀ. */
function sketchOf(eigenvalues: Float64Array): Sketch {
  const width = eigenvalues.length
  const sketch = new Sketch(width, DIRECTIONS)
  const { columns, omega, products } = sketch
  const direction = gaussian(width, 11)
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0))
  const v = Float64Array.from(direction).map((value) => value / length)
  sketch.count = 1e6
  const turned = v.reduce((sum, value, i) => sum + value ** 2 * eigenvalues[i]!, 0)
  for (let i = 0; i < width; i++)
    sketch.squares[i] = sketch.count * (eigenvalues[i]! + 4 * v[i]! ** 2 * (turned - eigenvalues[i]!))
  const reflect = (from: ArrayLike<number>, scale: (i: number) => number): void => {
    const inner = new Float64Array(columns)
    for (let i = 0; i < width; i++) for (let c = 0; c < columns; c++) inner[c]! += v[i]! * from[i * columns + c]!
    for (let i = 0; i < width; i++) {
      for (let c = 0; c < columns; c++)
        products[i * columns + c] = scale(i) * (from[i * columns + c]! - 2 * v[i]! * inner[c]!)
    }
  }
  reflect(omega, (i) => eigenvalues[i]! * sketch.count)
  reflect(products, () => 1)
  return sketch
}

const spectrum = (width: number, value: (i: number) => number) =>
  Float64Array.from({ length: width }, (_, i) => value(i))

describe('a sketch', () => {
  it('is the covariance times its random matrix, in any order and grouping', () => {
    const width = 24
    const rows = features(90, width, 1)
    const parts = [rows.slice(0, 40), rows.slice(40, 41), rows.slice(41)].map((part) => {
      const sketch = new Sketch(width, 8, 4)
      expect(sketch.addRows(part.flat())).toBe(true)
      return sketch
    })
    const [a, b, c] = parts as [Sketch, Sketch, Sketch]
    c.merge(a)
    b.merge(c)
    const matrix = covariance(rows)
    const trace = matrix.reduce((sum, row, i) => sum + row[i]!, 0)
    expect(b.count).toBe(90)
    expect(b.trace() / trace).toBeCloseTo(1, 11)
    for (let i = 0; i < width; i++) {
      for (let c = 0; c < b.columns; c++) {
        const known = matrix[i]!.reduce((sum, value, j) => sum + value * b.omega[j * b.columns + c]!, 0)
        expect(Math.abs(b.products[i * b.columns + c]! / 90 - known)).toBeLessThan(1e-12 * trace)
      }
    }
  })

  it('finds k exactly if it has more directions than the rank, even at a width of 16,384', () => {
    const few = features(30, 60, 2)
    const small = new Sketch(60, 40, 8)
    small.addRows(few.flat())
    const known = sketchDimension(small, 0.99)
    expect([known.low, known.high]).toEqual([expected(few, 0.99).k, expected(few, 0.99).k])
    // Two distinct examples span one dimension around their mean.
    const wide = new Sketch(WIDE, 8, 4)
    const [one, other] = [gaussian(WIDE, 3), gaussian(WIDE, 4)]
    for (const row of [one, other, one, other]) expect(wide.addRows(row)).toBe(true)
    expect(sketchDimension(wide, 0.99)).toMatchObject({ k: 1, low: 1, high: 1 })
  })

  it.each([
    { name: 'exponential decay', width: SKETCHED, law: (i: number) => 0.93 ** i },
    { name: 'the power law i⁻²', width: cases(8192, WIDE), law: (i: number) => 1 / (i + 1) ** 2 },
    { name: 'few directions above noise', width: SKETCHED, law: (i: number) => (i < 90 ? 1 : 1e-7) },
  ])('encloses k within 1 % of a width of $width: $name', ({ width, law }) => {
    const values = spectrum(width, law)
    const known = dimension(values, 0.99)
    const { k, low, high, trace } = sketchDimension(sketchOf(values), 0.99)
    expect(trace / values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 11)
    expect(low).toBeLessThanOrEqual(known)
    expect(high).toBeGreaterThanOrEqual(known)
    expect(high - low).toBeLessThanOrEqual(width / 100)
    expect(Math.abs(k - known)).toBeLessThanOrEqual(width / 100)
  })

  it.each([
    { name: 'all directions alike', width: SKETCHED, law: () => 1 },
    { name: 'few directions above noise that matters', width: WIDER, law: (i: number) => (i < 20 ? 1 : 1e-4) },
    { name: 'i⁻¹', width: WIDER, law: (i: number) => 1 / (i + 1) },
    { name: 'i⁻¹·⁵', width: SKETCHED, law: (i: number) => (i + 1) ** -1.5 },
    { name: 'i⁻⁰·⁵', width: SKETCHED, law: (i: number) => (i + 1) ** -0.5 },
    {
      name: 'half of the directions alike, the others none',
      width: SKETCHED,
      law: (i: number) => (i < SKETCHED / 2 ? 1 : 0),
    },
    {
      name: 'a tenth of the directions alike, the others none',
      width: SKETCHED,
      law: (i: number) => (i < SKETCHED / 10 ? 1 : 0),
    },
    { name: 'exponential decay over 2,048 directions', width: SKETCHED, law: (i: number) => Math.exp(-i / 2048) },
    { name: 'exponential decay over 256 directions', width: SKETCHED, law: (i: number) => Math.exp(-i / 256) },
  ])('finds k within 1 % of a width of $width where its bounds are far apart: $name', ({ width, law }) => {
    const values = spectrum(width, law)
    const known = dimension(values, 0.99)
    const { k, low, high } = sketchDimension(sketchOf(values), 0.99)
    expect(low).toBeLessThanOrEqual(known)
    expect(high).toBeGreaterThanOrEqual(known)
    expect(high - low).toBeGreaterThan(width / 100)
    expect(Math.abs(k - known)).toBeLessThanOrEqual(width / 100)
  })

  it('encloses k if the tail follows none of the decay laws', () => {
    const values = spectrum(SKETCHED, (i) => Math.exp(-Math.sqrt(i / 100)))
    const known = dimension(values, 0.99)
    const { low, high } = sketchDimension(sketchOf(values), 0.99)
    expect(low).toBeLessThanOrEqual(known)
    expect(high).toBeGreaterThanOrEqual(known)
    expect(high - low).toBeGreaterThan(SKETCHED / 100)
  })

  it('does not count constant features as dimensions', () => {
    const sketch = new Sketch(60, 4, 8)
    sketch.addRows(features(500, 60, 7).flatMap((row) => row.map((value, i) => (i < 20 ? value : 3))))
    expect(sketchDimension(sketch, 1).high).toBe(20)
  })

  it('has k = 0 without variance, and rejects input that is not finite or does not fit', () => {
    const sketch = new Sketch(3, 2, 1)
    expect(sketchDimension(sketch, 0.99)).toMatchObject({ k: 0, low: 0, high: 0, trace: 0, residualTrace: 0 })
    sketch.addRows([1, 2, 3, 1, 2, 3])
    expect(sketchDimension(sketch, 0.99)).toMatchObject({ k: 0, low: 0, high: 0, trace: 0, residualTrace: 0 })
    expect(sketch.addRows([1, NaN, 3])).toBe(false)
    expect(() => sketch.addRows([1, 2])).toThrow('not rows of 3')
    expect(() => sketch.merge(new Sketch(4, 2, 1))).toThrow('one size and seed')
    expect(() => sketch.merge(new Sketch(3, 2, 1, 9))).toThrow('one size and seed')
    expect(() => new Sketch(0)).toThrow(RangeError)
  })
})
