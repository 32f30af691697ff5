import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dimension } from '../../src/saturation/dimension.ts'
import { dimensionBounds } from '../../src/saturation/dimensionBounds.ts'
import { spectrumOf, type Spectrum } from '../../src/saturation/spectrum.ts'
import { cases } from '../stress.ts'

/** Keeps `head` eigenvalues and bins the others, using the given bin sizes cyclically. */
function stored(values: number[], head: number, sizes: number[]): Spectrum {
  const tail: Spectrum['tail'] = []
  for (let i = head, turn = 0; i < values.length; turn++) {
    const bin = values.slice(i, (i += sizes[turn % sizes.length]!))
    tail.push({ count: bin.length, sum: bin.reduce((a, b) => a + b, 0) })
  }
  return { head: values.slice(0, head), tail }
}

describe('dimensionBounds', () => {
  it('enclose k of the whole spectrum at any delta, however it was binned', () => {
    const spectra = fc
      .array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 60 })
      .map((values) => values.map((v) => v ** 4).sort((a, b) => b - a))
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(
        spectra,
        fc.nat(20),
        sizes,
        fc.double({ min: 0.05, max: 0.99999, noNaN: true }),
        (values, head, bins, delta) => {
          const k = dimension(values, delta)
          const { low, high } = dimensionBounds(stored(values, head, bins), delta)
          expect(low).toBeLessThanOrEqual(k)
          expect(high).toBeGreaterThanOrEqual(k)
          if (k <= head) expect(low).toBe(high)
          expect(high).toBeLessThanOrEqual(values.length)
        },
      ),
      { numRuns: cases(300, 5000) },
    )
  })

  it('are exact in the head, for equal eigenvalues, and for bins of one eigenvalue', () => {
    const equal = spectrumOf(new Float64Array(4096).fill(0.1))
    for (const k of [1, 511, 512, 513, 600, 4055, 4096]) {
      expect(dimensionBounds(equal, k / 4096)).toEqual({ low: k, high: k })
    }
    expect(
      dimensionBounds(
        {
          head: [4],
          tail: [
            { count: 1, sum: 2 },
            { count: 1, sum: 1 },
          ],
        },
        0.85,
      ),
    ).toEqual({
      low: 2,
      high: 2,
    })
  })

  it('stay within a bin of a wide decaying spectrum', () => {
    const values = Array.from({ length: 4096 }, (_, i) => 1 / (i + 1))
    for (const delta of [0.5, 0.9, 0.99, 0.999, 1]) {
      const k = dimension(values, delta)
      const { low, high } = dimensionBounds(spectrumOf(values), delta)
      expect(low).toBeLessThanOrEqual(k)
      expect(high).toBeGreaterThanOrEqual(k)
      expect(high - low).toBeLessThanOrEqual(2)
    }
  })

  it('are 0 without variance', () => {
    expect(dimensionBounds({ head: [], tail: [] }, 0.99)).toEqual({ low: 0, high: 0 })
    expect(dimensionBounds({ head: [0, 0], tail: [{ count: 3, sum: 0 }] }, 0.99)).toEqual({ low: 0, high: 0 })
  })
})
