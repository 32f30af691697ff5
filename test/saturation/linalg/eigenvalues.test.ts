import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { eigenvalues } from '../../../src/saturation/linalg/eigenvalues.ts'

/** Eigenvalues by ml-matrix, an independent implementation. */
function oracle(matrix: Float64Array, n: number): number[] {
  const rows = Array.from({ length: n }, (_, i) => Array.from(matrix.subarray(i * n, (i + 1) * n)))
  const decomposition = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true })
  return decomposition.realEigenvalues.sort((a, b) => b - a)
}

function symmetric(n: number, entry: (i: number, j: number) => number): Float64Array {
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = entry(i, j)
  return matrix
}

describe('eigenvalues', () => {
  it('agree with a library to 1e-12 of the largest on any symmetric matrix', () => {
    const matrices = fc.integer({ min: 1, max: 24 }).chain((n) =>
      fc
        .array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: n * n, maxLength: n * n })
        // The oracle fails on denormals, because its last index leaves the matrix.
        .map((a) => ({ n, a: a.map((entry) => (Math.abs(entry) < 1e-150 ? 0 : entry)) })),
    )
    fc.assert(
      fc.property(matrices, ({ n, a }) => {
        const matrix = symmetric(n, (i, j) => a[i * n + j]!)
        const expected = oracle(matrix, n)
        const scale = Math.max(1e-300, ...expected.map(Math.abs))
        eigenvalues(matrix.slice(), n).forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-12 * scale)
        })
      }),
    )
  })

  it.each([1e-300, 1e-30, 1, 1e30, 1e150])('keep their relative accuracy at a scale of %d', (scale) => {
    const matrix = symmetric(3, (i, j) => [2, -1, 2, 0, -1, 2][(i * (i + 1)) / 2 + j]! * scale)
    const expected = [2 + Math.SQRT2, 2, 2 - Math.SQRT2]
    eigenvalues(matrix, 3).forEach((value, i) => expect(value / scale).toBeCloseTo(expected[i]!, 12))
  })

  it('find repeated and zero eigenvalues', () => {
    expect(
      Array.from(
        eigenvalues(
          symmetric(5, (i, j) => (i === j ? 7 : 0)),
          5,
        ),
      ),
    ).toEqual([7, 7, 7, 7, 7])
    expect(Array.from(eigenvalues(new Float64Array(9), 3))).toEqual([0, 0, 0])
    expect(
      Array.from(
        eigenvalues(
          symmetric(4, () => 1),
          4,
        ),
      ).map((v) => Math.round(v * 1e12) / 1e12 + 0),
    ).toEqual([4, 0, 0, 0])
  })

  it('solve a matrix of a real layer’s width', () => {
    const n = 200
    const matrix = symmetric(n, (i, j) => Math.exp(-Math.abs(i - j) / 7) * Math.cos(i * j))
    const expected = oracle(matrix, n)
    eigenvalues(matrix.slice(), n).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9))
  })

  it('throw informative errors for bad input', () => {
    expect(() => eigenvalues(new Float64Array(5), 2)).toThrow(RangeError)
    expect(() => eigenvalues(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow('not finite')
  })
})
