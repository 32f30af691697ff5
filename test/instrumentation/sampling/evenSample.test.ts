import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EvenSample } from '../../../src/instrumentation/sampling/evenSample.ts'

/** Adds rows [position, −position] in batches, as a window does, and returns the positions that are kept. */
function positionsOf(maxRows: number, batches: number[]): number[] {
  const sample = new EvenSample(maxRows)
  let at = 0
  for (const count of batches) {
    const wanted = sample.wanted(count)
    const stride = Math.max(1, Math.floor(count / wanted))
    const rows: number[] = []
    if (wanted > 0) for (let i = 0; i < count; i += stride) rows.push(at + i, -(at + i))
    sample.add(wanted > 0 ? Float32Array.from(rows) : null, 2, count)
    at += count
  }
  return Array.from(sample.rows()).filter((_, i) => i % 2 === 0)
}

describe('an even sample of rows', () => {
  it('keeps all while they are few enough', () => {
    expect(positionsOf(10, [4, 1, 5])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('is bounded, in order, and from all parts of the window', () => {
    const batches = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 100 }), batches, (most, counts) => {
        const positions = positionsOf(most, counts)
        const total = counts.reduce((a, b) => a + b, 0)
        expect(positions.length).toBeLessThanOrEqual(most)
        expect(positions.length).toBeGreaterThanOrEqual(Math.min(total, most / 8))
        expect(positions).toEqual([...positions].sort((a, b) => a - b))
        expect(positions[0]).toBe(0)
        // No gap is longer than the longest batch plus the widest spacing of rows.
        const widest = Math.max(...counts) + (16 * total) / most
        ;[...positions, total].forEach((position, i) => {
          if (i > 0) expect(position - positions[i - 1]!).toBeLessThanOrEqual(widest)
        })
      }),
    )
  })

  it('leaves out rows with NaN or infinity', () => {
    const sample = new EvenSample(4)
    sample.add(Float32Array.of(1, NaN, 2, 3, Infinity, 0), 2, 3)
    expect(Array.from(sample.rows())).toEqual([2, 3])
  })
})
