import { describe, expect, it } from 'vitest'
import { epochsOf, train } from '../training.ts'

describe('a run too short for the budget to come round to', () => {
  it('shows every layer all the same', { timeout: 60_000 }, async () => {
    // So little that it is spent by the first step.
    const { events, state } = await train('tiny.js', { budget: 1e-6 })
    expect(state.layers.map(({ name }) => name)).toEqual(['hidden', 'answer'])
    for (const [name, needed] of [
      ['hidden', 40],
      ['answer', 10],
    ] as const) {
      const seen = epochsOf(events, name, 'train').reduce((sum, { observations }) => sum + observations, 0)
      expect(seen).toBeGreaterThanOrEqual(needed)
    }
  })
})
