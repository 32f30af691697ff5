import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certifiedDimension } from '../../../src/saturation/certified/certifiedDimension.ts'
import { Covariance } from '../../../src/saturation/covariance.ts'
import { dimension } from '../../../src/saturation/dimension.ts'
import { eigenvalues } from '../../../src/saturation/linalg/eigenvalues.ts'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import { rotated } from '../rotated.ts'
import { cases as count } from '../../stress.ts'

const DELTAS = [0.5, 0.9, 0.99, 0.999, 1]

/** k from all computed eigenvalues of the matrix. */
function full(matrix: Float64Array, n: number, delta: number): number {
  return dimension(eigenvalues(matrix, n), delta)
}

/** The packed upper triangle, preceded by rows of zeros. */
function upperTriangle(matrix: Float64Array, n: number, zeros: number): Float64Array {
  const rows = Array.from({ length: n }, (_, i) => matrix.subarray(i * n + i, i * n + n))
  const before = new Float64Array(zeros * n + (zeros * (zeros + 1)) / 2)
  return Float64Array.from([before, ...rows].flatMap((row) => [...row]))
}

const spectra: Record<string, (i: number, n: number) => number> = {
  flat: () => 1,
  'geometric, fast': (i) => 0.8 ** i,
  'geometric, slow': (i, n) => Math.exp((-8 * i) / n),
  '1 / i': (i) => 1 / i,
  '1 / i^1.5': (i) => i ** -1.5,
  '1 / i^2': (i) => i ** -2,
  'clusters of ten': (i) => 2 ** -Math.floor(i / 10) * (1 + 1e-13 * i),
  'a few above noise': (i) => (i <= 9 ? 10 - i : 1e-3),
  'one alone': (i) => (i === 1 ? 1 : 1e-4),
  'of low rank': (i, n) => (i <= n / 8 ? 1 + 1 / i : 0),
  'over 300 orders of magnitude': (i) => 10 ** (-3 * i),
  'with small negative ones': (i, n) => (i <= n / 4 ? 1 / i : 1e-7 * Math.cos(i)),
}

describe('k without all eigenvalues', () => {
  it.each(Object.entries(spectra))('equals k from all eigenvalues: %s', (_name, value) => {
    for (const n of [1, 2, 16, 17, 40, 150, 301]) {
      const matrix = rotated(
        Float64Array.from({ length: n }, (_, i) => value(i + 1, n)),
        n,
      )
      for (const delta of DELTAS) {
        const found = certifiedDimension(matrix, n, delta)
        expect([n, delta, found.k]).toEqual([n, delta, full(matrix, n, delta)])
      }
    }
  })

  it('equals k from all eigenvalues for any spectrum, direction, scale and delta', () => {
    const spectrum = fc.oneof(
      fc.record({ kind: fc.constant('power' as const), rate: fc.double({ min: 0.2, max: 4, noNaN: true }) }),
      fc.record({ kind: fc.constant('geometric' as const), rate: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
      fc.record({ kind: fc.constant('steps' as const), rate: fc.double({ min: 0.05, max: 0.9, noNaN: true }) }),
    )
    const cases = fc.record({
      spectrum,
      n: fc.integer({ min: 20, max: 120 }),
      floor: fc.constantFrom(0, 1e-12, 1e-5, 1e-2),
      exponent: fc.integer({ min: -250, max: 250 }),
      delta: fc.double({ min: 0.05, max: 1, noNaN: true }),
      seed: fc.integer(),
    })
    let stopped = 0
    fc.assert(
      fc.property(cases, ({ spectrum: { kind, rate }, n, floor, exponent, delta, seed }) => {
        const value = (i: number) =>
          kind === 'power' ? (i + 1) ** -rate : kind === 'geometric' ? Math.exp(-rate * i) : rate ** Math.floor(i / 5)
        const values = Float64Array.from({ length: n }, (_, i) => (value(i) + floor) * 2 ** exponent)
        const matrix = rotated(values, seed)
        const found = certifiedDimension(matrix, n, delta)
        if (!found.eigenvalues) stopped++
        return found.k === full(matrix, n, delta)
      }),
      { numRuns: count(150, 2000) },
    )
    // The property would also hold if the reduction never stopped early.
    expect(stopped).toBeGreaterThan(40)
  })

  it('completes the reduction if delta is within rounding of a share, on either side', () => {
    const n = 200
    const values = Float64Array.from({ length: n }, (_, i) => (i < 20 ? 2 ** -i : 0))
    const matrix = rotated(values, 3)
    const total = values.reduceRight((a, b) => a + b, 0)
    for (const k of [1, 3, 7]) {
      const share = values.subarray(0, k).reduceRight((a, b) => a + b, 0) / total
      for (const delta of [share, share * (1 + 1e-12), share * (1 - 1e-12)]) {
        const found = certifiedDimension(matrix, n, delta)
        expect(found.eigenvalues).toEqual(eigenvalues(matrix, n))
        expect(found.k).toBe(full(matrix, n, delta))
      }
      // For a delta a little farther from the share, k is certain again.
      expect(certifiedDimension(matrix, n, share * (1 - 1e-6))).toMatchObject({ k, eigenvalues: null })
      expect(certifiedDimension(matrix, n, share * (1 + 1e-6))).toMatchObject({ k: k + 1, eigenvalues: null })
    }
  })

  it('stops early if the spectrum decays, but not if it is flat', () => {
    const columns = (n: number, value: (i: number) => number) =>
      certifiedDimension(
        rotated(
          Float64Array.from({ length: n }, (_, i) => value(i + 1)),
          1,
        ),
        n,
        0.99,
      ).columns
    expect(columns(400, (i) => Math.exp(-i / 10))).toBeLessThan(120)
    expect(columns(400, (i) => i ** -2)).toBeLessThan(200)
    expect(columns(400, (i) => Math.exp(-i / 10) + 1e-5)).toBeLessThan(120)
    expect(columns(400, () => 1)).toBe(400)
  })

  it('equals k from all eigenvalues with the rest in float32, for any slowly decaying spectrum, scale and delta', () => {
    const cases = fc.record({
      n: fc.integer({ min: 200, max: 330 }),
      rate: fc.double({ min: 0, max: 1.6, noNaN: true }),
      unlike: fc.double({ min: 0.01, max: 1, noNaN: true }),
      exponent: fc.integer({ min: -250, max: 250 }),
      negative: fc.constantFrom(0, 1e-6),
      dead: fc.constantFrom(0, 7),
      delta: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
      seed: fc.integer(),
    })
    let float32Runs = 0
    fc.assert(
      fc.property(cases, ({ n, rate, unlike, exponent, negative, dead, delta, seed }) => {
        const values = gaussian(n, seed).map((x, i) => (i + 1) ** -rate * (1 + unlike * Math.tanh(x)) - negative)
        const triangle = upperTriangle(
          rotated(
            Float64Array.from(values, (value) => value * 2 ** exponent),
            seed,
          ),
          n,
          dead,
        )
        const found = certifiedDimension(triangle, n + dead, delta)
        if (found.float32Columns > 0) float32Runs++
        return found.k === full(triangle, n + dead, delta)
      }),
      { numRuns: count(30, 300) },
    )
    // The property would also hold if float32 were never used.
    expect(float32Runs).toBeGreaterThan(20)
  })

  it('reduces a flat spectrum in float32 from the first column on', () => {
    const n = 400
    const values = Float64Array.from({ length: n }, (_, i) => 1 + i / n)
    expect(certifiedDimension(rotated(values, 1), n, 0.9)).toMatchObject({
      columns: 0,
      float32Columns: n,
      eigenvalues: null,
    })
  })

  it('handles features whose products underflow in float32', () => {
    const n = 300
    const matrix = rotated(
      Float64Array.from({ length: n }, (_, i) => 1 + i / n),
      4,
    )
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) matrix[i * n + j]! *= (i % 2 ? 1e-20 : 1) * (j % 2 ? 1e-20 : 1)
    const found = certifiedDimension(matrix, n, 0.9)
    expect(found.float32Columns).toBeGreaterThan(0)
    expect(found.k).toBe(full(matrix, n, 0.9))
  })

  it('continues in float64 if delta is within the error of float32 of a share', () => {
    const n = 400
    const values = Float64Array.from({ length: n }, (_, i) => 1 + (n - i) / n)
    const matrix = rotated(values, 2)
    const trace = values.reduce((a, b) => a + b, 0)
    const share = values.subarray(0, 300).reduce((a, b) => a + b, 0) / trace
    for (const delta of [share, share * (1 - 1e-8), share * (1 + 1e-8)]) {
      const found = certifiedDimension(matrix, n, delta)
      expect(found).toMatchObject({ columns: n, float32Columns: 0, k: full(matrix, n, delta) })
      expect(found.eigenvalues).toEqual(eigenvalues(matrix, n))
    }
  })

  it('is right if the first features are unrelated to the others', () => {
    const n = 120
    // No reflection connects the two blocks, and the reduction starts with the one of smaller eigenvalues.
    const small = rotated(
      Float64Array.from({ length: 40 }, (_, i) => 1e-3 * 0.7 ** i),
      1,
    )
    const large = rotated(
      Float64Array.from({ length: 80 }, (_, i) => 0.7 ** i),
      2,
    )
    const matrix = new Float64Array(n * n)
    for (let i = 0; i < 40; i++) for (let j = 0; j < 40; j++) matrix[i * n + j] = small[i * 40 + j]!
    for (let i = 0; i < 80; i++) for (let j = 0; j < 80; j++) matrix[(40 + i) * n + 40 + j] = large[i * 80 + j]!
    for (const delta of DELTAS) expect(certifiedDimension(matrix, n, delta).k).toBe(full(matrix, n, delta))
    const diagonal = new Float64Array(n * n)
    for (let i = 0; i < n; i++) diagonal[i * n + i] = 0.9 ** ((i * 7) % n)
    for (const delta of DELTAS) expect(certifiedDimension(diagonal, n, delta).k).toBe(full(diagonal, n, delta))
  })

  it('takes the coupling to the rest into account', () => {
    // The matrix is tridiagonal already. After the first panel of 16 columns the Ritz values are 1, 1 and 14 times 0.1,
    // and the rest has 0.3 and almost zeros. The coupling nevertheless turns one of the ones into 1.26.
    const n = 40
    const matrix = new Float64Array(n * n)
    for (let i = 0; i < n; i++) matrix[i * n + i] = i === 0 || i === 15 ? 1 : i < 15 ? 0.1 : i === 16 ? 0.3 : 1e-9
    matrix[15 * n + 16] = matrix[16 * n + 15] = 0.5
    const delta = 2.08 / 3.7
    expect(full(matrix, n, delta)).toBe(2)
    expect(certifiedDimension(matrix, n, delta).k).toBe(2)
  })

  it('is right for covariances of few observations with constant features, given as a packed triangle', () => {
    const width = 90
    const covariance = new Covariance(width)
    const random = gaussian(60 * width, 5)
    const rows = Float64Array.from({ length: 60 * width }, (_, at) =>
      at % 3 === 0 ? 4 : random[at]! * 0.9 ** (at % width),
    )
    covariance.addRows(rows)
    for (const delta of DELTAS) {
      const found = certifiedDimension(covariance.products, width, delta)
      expect(found.k).toBe(full(covariance.products, width, delta))
      expect(found.order).toBe(60)
    }
  })

  it('is 0 without variance, and rejects an invalid delta or matrix', () => {
    expect(certifiedDimension(new Float64Array(9), 3, 0.99)).toMatchObject({ k: 0, order: 0 })
    expect(() => certifiedDimension(new Float64Array(9), 3, 0)).toThrow('delta must be in (0, 1]')
    expect(() => certifiedDimension(new Float64Array(8), 3, 0.9)).toThrow(RangeError)
    expect(() => certifiedDimension(Float64Array.of(1, NaN, NaN, 1), 2, 0.9)).toThrow('not finite')
  })
})
