import { describe, expect, it } from 'vitest'
import { eigenvalues } from '../../../src/saturation/linalg/eigenvalues.ts'
import { TridiagonalReduction } from '../../../src/saturation/linalg/tridiagonalReduction.ts'
import { rotated } from '../rotated.ts'

const WIDTH = 200

/** Number of reduced columns after each panel. */
function panels(values: Float64Array): number[] {
  const reduction = new TridiagonalReduction(rotated(values, WIDTH), WIDTH)
  const columns = []
  while (reduction.next()) columns.push(reduction.columns)
  reduction.release()
  return columns
}

describe('reduction', () => {
  it('ends once the rest is rounding, as with fewer observations than features', () => {
    const ofRank40 = Float64Array.from({ length: WIDTH }, (_, i) => (i < 40 ? 1 / (i + 1) : 0))
    const [last, before] = panels(ofRank40).reverse()
    expect(last).toBe(WIDTH)
    expect(before).toBeLessThanOrEqual(48)
  })

  it('continues for eigenvalues of 1e-13 of the trace', () => {
    const small = Float64Array.from({ length: WIDTH }, (_, i) => (i < 40 ? 1 / 40 : 1e-13))
    const [last, before] = panels(small).reverse()
    expect(last).toBe(WIDTH)
    expect(before).toBeGreaterThan(WIDTH - 20)
  })

  it.each([
    ['flat', () => 1 / WIDTH],
    ['1 / i', (i: number) => 1 / (i + 1)],
    ['geometric', (i: number) => 0.9 ** i],
    ['1e-30 / i', (i: number) => 1e-30 / (i + 1)],
  ])('in float32 has an error below its bound, and does not change the float64 matrix: %s', (_name, value) => {
    const matrix = rotated(
      Float64Array.from({ length: WIDTH }, (_, i) => value(i)),
      3,
    )
    const expected = eigenvalues(matrix, WIDTH)
    const reduction = new TridiagonalReduction(matrix, WIDTH)
    for (let columns = 0; columns < 48; columns = reduction.columns) {
      const { values, error } = reduction.inFloat32()!
      // By Hoffman and Wielandt 1953, this is at most the Frobenius norm of the error.
      const off = Math.hypot(...expected.map((exact, i) => exact / reduction.scale - values[i]!))
      expect(off).toBeLessThan(error)
      expect(off).toBeGreaterThan(0)
      expect(error).toBeLessThan(1e-4 * Math.sqrt(reduction.trailingSquares()))
      reduction.next()
    }
    while (reduction.next());
    expect(reduction.eigenvalues()!.map((value) => value * reduction.scale)).toEqual(expected)
    reduction.release()
  })
})
