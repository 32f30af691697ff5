import { describe, expect, it } from 'vitest'
import { eigenvalues } from '../../src/saturation/linalg/eigenvalues.ts'

/** A dense matrix with these eigenvalues, exact up to rounding: H diag(values) H with a reflection H. */
function withSpectrum(values: number[]): Float64Array {
  const n = values.length
  const u = values.map((_, i) => Math.cos(i * i + 1))
  const norm = Math.hypot(...u)
  for (let i = 0; i < n; i++) u[i]! /= norm
  let middle = 0
  for (let i = 0; i < n; i++) middle += u[i]! * values[i]! * u[i]!
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      matrix[i * n + j] = (i === j ? values[i]! : 0) + u[i]! * u[j]! * (4 * middle - 2 * values[i]! - 2 * values[j]!)
  return matrix
}

function expectSpectrum(matrix: Float64Array, n: number, expected: number[]): void {
  const sorted = [...expected].sort((a, b) => b - a)
  let sum = 0
  for (const value of sorted) sum += Math.abs(value)
  let worst = 0
  eigenvalues(matrix, n).forEach((value, i) => (worst = Math.max(worst, Math.abs(value - sorted[i]!))))
  expect(worst).toBeLessThanOrEqual(1e-13 * sum)
}

const SIZES = [1, 2, 3, 4, 5, 31, 64, 129, 257, 1025]

const spectra: Record<string, (i: number, n: number) => number> = {
  'spread evenly': (i) => i + 1,
  'decaying geometrically': (i) => 0.9 ** i,
  'graded over 600 orders of magnitude': (i, n) => 10 ** (300 - (600 * i) / n),
  'of tiny numbers': (i) => 1e-300 * (i + 1),
  'of one repeated value': () => 3,
  'of two repeated values': (i) => (i % 2 === 0 ? 5 : 1),
  'clustered beside a lone value': (i) => (i === 0 ? 1 : 1e-3 * (1 + i * 1e-14)),
  'of rank one': (i) => (i === 0 ? 7 : 0),
  'of both signs': (i) => (-1) ** i * (i + 1),
}

describe.each(SIZES)('eigenvalues of a dense %d × %d matrix', (n) => {
  it.each(Object.entries(spectra))('%s are within 1e-13 of the trace', (_name, value) => {
    const values = Array.from({ length: n }, (_, i) => value(i, n))
    expectSpectrum(withSpectrum(values), n, values)
  })
})

describe('eigenvalues known in closed form', () => {
  const matrixOf = (n: number, entry: (i: number, j: number) => number) =>
    Float64Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n))
  const all = (n: number, value: (i: number) => number) => Array.from({ length: n }, (_, i) => value(i + 1))

  it.each([1, 2, 3, 100, 129])('of the Laplacian of a path of %d', (n) => {
    const matrix = matrixOf(n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0))
    expectSpectrum(
      matrix,
      n,
      all(n, (i) => 4 * Math.sin((Math.PI * i) / (2 * (n + 1))) ** 2),
    )
  })

  it.each([2, 33, 128, 257])('of the Clement matrix of %d, whose Krylov spaces are the hardest', (n) => {
    const matrix = matrixOf(n, (i, j) => (Math.abs(i - j) === 1 ? Math.sqrt(Math.max(i, j) * (n - Math.max(i, j))) : 0))
    expectSpectrum(
      matrix,
      n,
      all(n, (i) => n + 1 - 2 * i),
    )
  })

  it.each([1, 30, 129, 256])('of min(i, j) up to %d', (n) => {
    const matrix = matrixOf(n, (i, j) => Math.min(i, j) + 1)
    expectSpectrum(
      matrix,
      n,
      all(n, (i) => 1 / (4 * Math.sin(((2 * i - 1) * Math.PI) / (2 * (2 * n + 1))) ** 2)),
    )
  })
})

describe('eigenvalues', () => {
  it('are zeros for features without variance, beside those of the other features', () => {
    const inner = withSpectrum([4, 3, 2, 1])
    const places = [0, 3, 4, 9]
    const matrix = new Float64Array(121)
    places.forEach((r, i) => places.forEach((c, j) => (matrix[r * 11 + c] = inner[i * 4 + j]!)))
    expectSpectrum(matrix, 11, [4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0])
    // A row is left out only if all of it is zero, not for a zero on the diagonal.
    expectSpectrum(Float64Array.of(0, 0, 2, 0, 0, 0, 2, 0, 0), 3, [2, 0, -2])
  })

  it('depend on the upper triangle alone, which is not modified', () => {
    const matrix = withSpectrum([9, 4, 1, 0.5, 0.25])
    for (let i = 0; i < 5; i++) for (let j = 0; j < i; j++) matrix[i * 5 + j] = NaN
    const before = matrix.slice()
    expectSpectrum(matrix, 5, [9, 4, 1, 0.5, 0.25])
    expect(matrix).toEqual(before)
    const triangle = matrix.filter((_, at) => at % 5 >= Math.floor(at / 5))
    expect(eigenvalues(triangle, 5)).toEqual(eigenvalues(matrix, 5))
  })

  it('do not depend on earlier matrices, whether their memory was kept or released', () => {
    const small = withSpectrum([3, 2, 1])
    const first = eigenvalues(small, 3)
    // The memory for 1,500² numbers is too large to be kept.
    expectSpectrum(new Float64Array(1500 * 1500).fill(1), 1500, [1500, ...Array<number>(1499).fill(0)])
    expect(eigenvalues(small, 3)).toEqual(first)
  })
})
