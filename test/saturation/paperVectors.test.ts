import { describe, expect, it } from 'vitest'
import { Covariance } from '../../src/saturation/covariance.ts'
import { dimension } from '../../src/saturation/dimension.ts'
import { eigenvalues } from '../../src/saturation/linalg/eigenvalues.ts'
import { measure } from '../../src/saturation/measure.ts'

/** Examples of the definition in arXiv 2006.08679, section 3, calculated by hand. */
describe('the definition, on worked examples', () => {
  const batches = [
    [1, 2, 3, 4],
    [5, 6, 7, 10],
  ]

  it('two batches give the mean, covariance and eigenvalues of all four observations', () => {
    const covariance = new Covariance(2)
    for (const batch of batches) covariance.addRows(batch)
    expect(covariance.count).toBe(4)
    expect([...covariance.mean]).toEqual([4, 5.5])
    expect([...covariance.matrix()]).toEqual([5, 6.5, 6.5, 8.75])
    const [first, second] = eigenvalues(covariance.matrix(), 2)
    expect(first).toBeCloseTo(13.64003, 5)
    expect(second).toBeCloseTo(0.10997, 5)
    expect(measure(covariance, 0.99)).toMatchObject({ status: 'ok', k: 1 })
    expect(measure(covariance, 0.995)).toMatchObject({ status: 'ok', k: 2 })
  })

  it('merging streams in either order gives the same', () => {
    const [a, b] = batches.map((batch) => {
      const covariance = new Covariance(2)
      covariance.addRows(batch)
      return covariance
    }) as [Covariance, Covariance]
    b.merge(a)
    expect([...b.matrix()]).toEqual([5, 6.5, 6.5, 8.75])
  })

  const spectrum = [42, 22, 13, 9, 5.5, 4, 2.1, 1.2, 0.8, 0.4]
  it.each([
    [0.3, 1],
    [0.5, 2],
    [0.9, 5],
    [0.95, 6],
    [0.97, 7],
    [0.98, 8],
    [0.99, 9],
    [0.995, 9],
    [0.999, 10],
  ])('a falling spectrum at delta %d has %d dimensions', (delta, k) => {
    expect(dimension(spectrum, delta)).toBe(k)
  })

  it('64 equal eigenvalues need all 64 at 0.99', () => {
    expect(dimension(new Float64Array(64).fill(0.37), 0.99)).toBe(64)
  })

  it.each([
    [0.9, 4],
    [0.95, 5],
    [0.99, 7],
    [0.999, 10],
  ])('powers of a half at delta %d have %d dimensions', (delta, k) => {
    const halves = Array.from({ length: 16 }, (_, i) => 2 ** -(i + 1))
    expect(dimension(halves, delta)).toBe(k)
  })

  it('an all-zero layer has no dimension', () => {
    const covariance = new Covariance(3)
    covariance.addRows(new Float64Array(30))
    expect(measure(covariance, 0.99)).toMatchObject({ status: 'constant', k: 0, trace: 0 })
  })
})
