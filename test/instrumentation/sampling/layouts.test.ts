import { describe, expect, it } from 'vitest'
import { ROUNDING } from '../rounding.ts'
import { epochsOf, train } from '../training.ts'

describe('a convolution with its channels first', () => {
  it.each(['channelwise', 'mean'] as const)('gives the numbers of one with channels last (%s)', async (convolution) => {
    const { events } = await train('sampling/layouts.js', { rows: 'all', measure: { convolution } })
    const [last] = epochsOf(events, 'last', 'train')
    const [first] = epochsOf(events, 'first', 'train')
    expect(last!.observations).toBe(convolution === 'mean' ? 64 : 64 * 36)
    expect(first).toMatchObject({ width: 5, k: last!.k, observations: last!.observations })
    expect(Math.abs(first!.trace! / last!.trace! - 1)).toBeLessThanOrEqual(2 * ROUNDING)
  })
})
