import { describe, expect, it } from 'vitest'
import { pairedDifference, studentQuantile, upperBound } from '../../src/folding/pairedDifference.ts'

describe('quantiles of Student’s distribution', () => {
  // Tables of the distribution, as in any textbook.
  it.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.3027],
    [0.975, 3, 3.1824],
    [0.975, 4, 2.7764],
    [0.975, 9, 2.2622],
    [0.975, 19, 2.093],
    [0.95, 10, 1.8125],
    [0.95, 30, 1.6973],
    [0.995, 7, 3.4995],
    [0.975, 1000, 1.9623],
  ])('%f with %i degrees', (probability, degrees, expected) => {
    expect(studentQuantile(probability, degrees)).toBeCloseTo(expected, 3)
    expect(studentQuantile(1 - probability, degrees)).toBeCloseTo(-expected, 3)
  })

  it('is 0 in the middle, and refuses what is no probability', () => {
    expect(studentQuantile(0.5, 4)).toBeCloseTo(0, 12)
    expect(() => studentQuantile(1, 4)).toThrow(RangeError)
    expect(() => studentQuantile(0.9, 0)).toThrow(RangeError)
  })
})

describe('a paired difference', () => {
  it('has the textbook’s mean, standard error and interval', () => {
    const difference = pairedDifference([0, 0, 0, 0], [1, 2, 3, 6])
    expect(difference.mean).toBe(3)
    // s = √(14 / 3), standard error s / 2
    expect(difference.standardError).toBeCloseTo(Math.sqrt(14 / 3) / 2, 12)
    expect(difference.high - difference.mean).toBeCloseTo(3.1824 * difference.standardError, 3)
    expect(upperBound(difference)).toBeCloseTo(3 + 2.3534 * difference.standardError, 3)
  })

  it('does not depend on how hard the chunks are', () => {
    const hard = [0.1, 0.9, 0.4, 0.7]
    const { mean, standardError } = pairedDifference(
      hard,
      hard.map((value) => value + 0.25),
    )
    expect(mean).toBeCloseTo(0.25, 12)
    expect(standardError).toBeLessThan(1e-12)
  })

  it('weighs chunks by their examples', () => {
    expect(pairedDifference([0, 0], [1, 4], [3, 1]).mean).toBe(1.75)
    const [weighted, plain] = [
      pairedDifference([1, 2, 3], [2, 1, 5], [7, 7, 7]),
      pairedDifference([1, 2, 3], [2, 1, 5]),
    ]
    expect(weighted.standardError).toBeCloseTo(plain.standardError, 12)
  })

  it('of one chunk says nothing, and of none is refused', () => {
    expect(upperBound(pairedDifference([1], [1.5]))).toBe(Infinity)
    expect(upperBound(pairedDifference([1, 1], [1, 1]))).toBe(0)
    expect(() => pairedDifference([], [])).toThrow(RangeError)
    expect(() => pairedDifference([1], [1, 2])).toThrow(RangeError)
  })
})
