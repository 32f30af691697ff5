import { describe, expect, it } from 'vitest'
import type { Measurement } from '../../../src/protocol/measurement.ts'
import { isSufficient } from '../../../src/run/sufficiency.ts'
import { epochsOf, ofType, train, type Trained } from '../training.ts'

/** All measurements of a layer in training. */
function measurementsOf({ events }: Trained, layer: string): Measurement[] {
  return ofType(events, 'saturation').flatMap(({ layers }) => layers.filter((m) => m.layer === layer))
}

const effectiveOf = ({ observations, effective = observations }: Measurement): number => effective

describe('observations that do not count as others do', () => {
  it('are those of padding', async () => {
    const run = await train('sampling/padding.js')
    expect(run.exitCode).toBe(0)
    const words = measurementsOf(run, 'words')
    expect(words.length).toBeGreaterThan(2)
    // In the first epoch the padding's own vector moves, and its motion holds part of the variance.
    const ended = epochsOf(run.events, 'words', 'train')
    expect(ended.length).toBeGreaterThan(0)
    for (const m of ended) expect(effectiveOf(m) / m.observations).toBeLessThan(0.5)
    // Whatever is judged has seen enough words: with all rows, k is 24 of 32 dimensions.
    for (const { k } of words.filter(isSufficient)) expect(k).toBeGreaterThanOrEqual(18)
    // The layer behind the pooling has one row for each text.
    expect(measurementsOf(run, 'out').some(isSufficient)).toBe(true)
  })

  it('are those of a batch that is seen again', async () => {
    const fixed = measurementsOf(await train('sampling/fixedBatch.js'), 'hidden')
    expect(fixed.at(-1)!.observations).toBeGreaterThanOrEqual(320)
    for (const m of fixed) expect(effectiveOf(m)).toBeLessThanOrEqual(17)
    expect(fixed.some(isSufficient)).toBe(false)
    const fresh = measurementsOf(await train('sampling/fixedBatch.js', { args: ['fresh'] }), 'hidden')
    expect(fresh.some(isSufficient)).toBe(true)
  })
})
