import { describe, expect, it } from 'vitest'
import { Reduction } from '../../src/saturation/reduction.ts'
import { rotated } from './rotated.ts'

const WIDTH = 200

/** Columns after each panel. */
function panels(values: Float64Array): number[] {
  const reduction = new Reduction(rotated(values, WIDTH), WIDTH)
  const columns = []
  while (reduction.next()) columns.push(reduction.columns)
  reduction.end()
  return columns
}

describe('reduction', () => {
  it('ends where what is left is rounding, as of fewer observations than features', () => {
    const ofRank40 = Float64Array.from({ length: WIDTH }, (_, i) => (i < 40 ? 1 / (i + 1) : 0))
    const [last, before] = panels(ofRank40).reverse()
    expect(last).toBe(WIDTH)
    expect(before).toBeLessThanOrEqual(48)
  })

  it('goes on for eigenvalues of 1e-13 of the trace', () => {
    const small = Float64Array.from({ length: WIDTH }, (_, i) => (i < 40 ? 1 / 40 : 1e-13))
    const [last, before] = panels(small).reverse()
    expect(last).toBe(WIDTH)
    expect(before).toBeGreaterThan(WIDTH - 20)
  })
})
