import { describe, expect, it } from 'vitest'
import { evennessOf, meanProfile } from '../../src/comparison/sweep/profile.ts'

describe('evenness', () => {
  it('is 1 for equal saturations, 0 where one layer does all, and the entropy between', () => {
    expect(evennessOf([0.4, 0.4, 0.4])).toBeCloseTo(1, 12)
    expect(evennessOf([0.4, 0, 0])).toBe(0)
    // Shares 3/4 and 1/4: (3/4 · ln 4/3 + 1/4 · ln 4) / ln 2.
    expect(evennessOf([0.6, 0.2])).toBeCloseTo(0.8112781, 6)
    expect(evennessOf([0.6, 0.2])).toBeCloseTo(evennessOf([0.3, 0.1])!, 12)
    expect(evennessOf([0.5])).toBeNull()
    expect(evennessOf([0, 0])).toBeNull()
  })
})

describe('the profile of several trainings', () => {
  it('is the mean of the layers that all of them have', () => {
    const layer = (name: string, saturation: number): { name: string; kind: string; saturation: number } => {
      return { name, kind: 'Dense', saturation }
    }
    const one = { layers: [layer('a', 0.2), layer('b', 0.4)], mean: 0.3, evenness: null }
    const other = { layers: [layer('a', 0.4)], mean: 0.4, evenness: null }
    expect(meanProfile([one, other])).toEqual({
      layers: [layer('a', 0.30000000000000004)],
      mean: 0.30000000000000004,
      evenness: null,
    })
    expect(meanProfile([]).mean).toBeNull()
  })
})
