import { describe, expect, it } from 'vitest'
import { judge } from '../../../src/advice/verdict.ts'
import { epochsOf, ofType, train } from '../training.ts'

describe('a program whose epochs are too short to judge a layer by', () => {
  it(
    'is measured over as many epochs as that takes, in windows that follow each other',
    { timeout: 60_000 },
    async () => {
      const { events, state, exitCode } = await train('tiny.js')
      expect(exitCode).toBe(0)
      for (const { name, width } of [
        { name: 'hidden', width: 4 },
        { name: 'answer', width: 1 },
      ]) {
        // The last one is what the end of the process left.
        const windows = epochsOf(events, name, 'train').slice(0, -1)
        expect(windows.length).toBeGreaterThan(1)
        let before = 0
        for (const { observations, steps } of windows) {
          expect(observations).toBeGreaterThanOrEqual(10 * width)
          expect(steps!.epochs).toBeGreaterThan(1)
          expect(steps!.last - steps!.first).toBeGreaterThanOrEqual(10 * width - 1)
          expect(steps!.first).toBeGreaterThan(before)
          before = steps!.last
        }
        const verdict = judge(state.layers.find((layer) => layer.name === name)!)
        expect(['healthy', 'crowded', 'output', 'underused']).toContain(verdict.kind)
        expect(verdict.evidence).toMatch(/ in steps \d+–\d+ \(\d+ epochs\)/)
      }
    },
  )

  it('does not fill the log: the first 500 epochs are told, then some, and the last', { timeout: 60_000 }, async () => {
    const { events, exitCode } = await train('tiny.js', { args: ['800'] })
    expect(exitCode).toBe(0)
    const told = ofType(events, 'epoch').map(({ step }) => step)
    expect(told.slice(0, 500)).toEqual(Array.from({ length: 500 }, (_, i) => 4 * (i + 1)))
    expect(told.length).toBeLessThan(830)
    expect(told.at(-1)).toBe(4 * 830)
    // A window that ends is of steps that have not been in one before, whether or not their epochs were told.
    const windows = epochsOf(events, 'hidden', 'train')
    for (const [i, { steps }] of windows.entries()) {
      if (i > 0) expect(steps!.first).toBeGreaterThan(windows[i - 1]!.steps!.last)
    }
    expect(windows.at(-1)!.steps!.last).toBe(4 * 830)
  })
})
