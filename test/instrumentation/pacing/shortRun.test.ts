import { describe, expect, it } from 'vitest'
import { epochsOf, train } from '../training.ts'

describe('a run that ends before the budget has credit for it', () => {
  it('still shows every layer', async () => {
    // The budget is so small that the first step uses it up.
    const { events, state } = await train('pacing/tiny.js', { budget: 1e-6 })
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
