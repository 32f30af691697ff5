import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tridiagonalVectors } from '../../../src/saturation/linalg/tridiagonalVectors.ts'

/** The largest deviation of Vᵀ diag(λ) V from T, and of V Vᵀ from the identity. */
function defects(diagonal: number[], offDiagonal: number[]): { residual: number; skew: number } {
  const n = diagonal.length
  const values = Float64Array.from(diagonal)
  const v = tridiagonalVectors(values, Float64Array.from(offDiagonal))
  let [residual, skew] = [0, 0]
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const wanted = i === j ? diagonal[i]! : Math.abs(i - j) === 1 ? offDiagonal[Math.min(i, j)]! : 0
      let [sum, product] = [0, 0]
      for (let k = 0; k < n; k++) {
        sum += v[k * n + i]! * values[k]! * v[k * n + j]!
        product += v[i * n + k]! * v[j * n + k]!
      }
      residual = Math.max(residual, Math.abs(sum - wanted))
      skew = Math.max(skew, Math.abs(product - (i === j ? 1 : 0)))
    }
  }
  return { residual, skew }
}

describe('eigenvectors of a tridiagonal matrix', () => {
  const numbers = fc.oneof(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.constantFrom(0, 1, 1e-9, 1e-17, 1e-170, 5e-324),
  )
  it('are orthonormal and give the matrix back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(numbers, numbers), { minLength: 1, maxLength: 40 }), (rows) => {
        const diagonal = rows.map(([entry]) => entry)
        const offDiagonal = rows.slice(1).map(([, entry]) => entry)
        const { residual, skew } = defects(diagonal, offDiagonal)
        expect(residual).toBeLessThan(1e-13)
        expect(skew).toBeLessThan(1e-13)
      }),
    )
  })

  it('are orthonormal at every scale', () => {
    for (const scale of [5e-324, 1e-310, 1e-200, 1e-160, 1, 1e160, 1e300])
      for (const rows of [
        [0, 0],
        [1, 2, 1],
        [1, 0, 1, 3],
      ].map((row) => row.map((entry) => entry * scale))) {
        const { residual, skew } = defects(rows, Array<number>(rows.length - 1).fill(scale))
        expect(residual).toBeLessThanOrEqual(Math.max(1e-13 * scale, 2e-323))
        expect(skew).toBeLessThan(1e-13)
      }
  })

  it('are found for one row and for none', () => {
    expect([...tridiagonalVectors(Float64Array.of(5), new Float64Array(0))]).toEqual([1])
    expect(tridiagonalVectors(new Float64Array(0), new Float64Array(0))).toHaveLength(0)
  })

  it('are not searched for without end if an entry is NaN', () => {
    expect(() => tridiagonalVectors(Float64Array.of(1, NaN, 2), Float64Array.of(1, 1))).toThrow('did not converge')
  })
})
