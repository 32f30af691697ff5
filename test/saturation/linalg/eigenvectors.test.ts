import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { eigenvalues } from '../../../src/saturation/linalg/eigenvalues.ts'
import { leadingEigenvectors } from '../../../src/saturation/linalg/eigenvectors.ts'
import { rotated } from '../rotated.ts'
import { cases } from '../../stress.ts'

const spectra: Record<string, (i: number, n: number) => number> = {
  'spread evenly': (i) => i + 1,
  'decaying geometrically': (i) => 0.9 ** i,
  'of tiny numbers': (i) => 1e-300 / (i + 1),
  'of huge numbers': (i) => 1e300 / (i + 1),
  'of one repeated value': () => 3,
  'with the largest repeated': (i) => (i < 3 ? 5 : 1 / i),
  'with the largest almost repeated': (i) => (i < 5 ? 5 + i * 1e-13 : 1 / i),
  'of low rank': (i) => (i < 2 ? 2 - i : 0),
  'of both signs': (i) => (-1) ** i * (i + 1),
}

const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, entry, i) => sum + entry * y[i]!, 0)

/**
 * The largest |Av − λv| / |A|, and the largest deviation of the vectors' dot products from those of an orthonormal set.
 */
function defects(a: Float64Array, n: number, { values, vectors }: ReturnType<typeof leadingEigenvectors>) {
  const norm = Math.max(...values.map(Math.abs))
  let residual = 0
  let skew = 0
  vectors.forEach((v, p) => {
    const off = v.map((entry, i) => dot(a.subarray(i * n, (i + 1) * n), v) / norm - (values[p]! / norm) * entry)
    residual = Math.max(residual, Math.hypot(...off))
    vectors.forEach((w, q) => (skew = Math.max(skew, Math.abs(dot(v, w) - (p === q ? 1 : 0)))))
  })
  return { residual, skew }
}

describe.each([1, 2, 5, 33, 160])('leading eigenvectors of a dense %d × %d matrix', (n) => {
  it.each(Object.entries(spectra))('%s are orthonormal and eigenvectors', (_name, value) => {
    const matrix = rotated(
      Float64Array.from({ length: n }, (_, i) => value(i, n)),
      n,
    )
    const found = leadingEigenvectors(matrix, n, 6)
    expect(found.vectors).toHaveLength(Math.min(6, n))
    expect(found.values).toEqual(eigenvalues(matrix, n))
    const { residual, skew } = defects(matrix, n, found)
    expect(residual).toBeLessThanOrEqual(1e-12)
    expect(skew).toBeLessThanOrEqual(1e-12)
  })
})

describe('leading eigenvectors', () => {
  it('agree with a library if eigenvalues are well separated', () => {
    const n = 60
    const matrix = rotated(
      Float64Array.from({ length: n }, (_, i) => 0.8 ** i),
      9,
    )
    const rows = Array.from({ length: n }, (_, i) => Array.from(matrix.subarray(i * n, (i + 1) * n)))
    const oracle = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true })
    const order = oracle.realEigenvalues.map((_, i) => i)
    order.sort((a, b) => oracle.realEigenvalues[b]! - oracle.realEigenvalues[a]!)
    leadingEigenvectors(matrix, n, 4).vectors.forEach((vector, p) => {
      const theirs = Float64Array.from(oracle.eigenvectorMatrix.getColumn(order[p]!))
      expect(Math.abs(dot(vector, theirs))).toBeCloseTo(1, 12)
    })
  })

  it('are right for any symmetric matrix of small whole numbers, where many eigenvalues coincide', () => {
    const matrices = fc
      .integer({ min: 1, max: 12 })
      .chain((n) => fc.array(fc.integer({ min: -2, max: 2 }), { minLength: n * n, maxLength: n * n }))
    fc.assert(
      fc.property(matrices, (entries) => {
        const n = Math.sqrt(entries.length)
        const matrix = new Float64Array(n * n)
        for (let i = 0; i < n; i++)
          for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = entries[i * n + j]!
        if (matrix.every((entry) => entry === 0)) return
        const found = leadingEigenvectors(matrix, n, n)
        // Rows of zeros have eigenvalues but no eigenvectors, so that values and vectors would not correspond.
        if (found.vectors.length < n) return
        const { residual, skew } = defects(matrix, n, found)
        expect(residual).toBeLessThanOrEqual(1e-12)
        expect(skew).toBeLessThanOrEqual(1e-12)
      }),
      { numRuns: cases(150, 2000) },
    )
  })

  it('are zero for features without variance', () => {
    const matrix = new Float64Array(25)
    matrix[1 * 5 + 1] = 2
    matrix[3 * 5 + 3] = 2
    matrix[1 * 5 + 3] = matrix[3 * 5 + 1] = -1
    const { values, vectors } = leadingEigenvectors(matrix, 5, 4)
    expect(values[0]).toBeCloseTo(3, 14)
    expect(vectors).toHaveLength(2)
    // The first of two entries of the same magnitude is positive.
    const half = Math.SQRT1_2
    vectors[0]!.forEach((entry, i) => expect(entry).toBeCloseTo([0, half, 0, -half, 0][i]!, 14))
    vectors[1]!.forEach((entry, i) => expect(entry).toBeCloseTo([0, half, 0, half, 0][i]!, 14))
    expect(leadingEigenvectors(new Float64Array(9), 3, 2)).toEqual({ values: new Float64Array(3), vectors: [] })
  })
})
