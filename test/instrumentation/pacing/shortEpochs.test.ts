import { describe, expect, it } from 'vitest'
import { summarise } from '../../../src/presentation/layer/summary.ts'
import { epochsOf, ofType, train } from '../training.ts'

describe('a program whose epochs are too short to judge a layer by', () => {
  it('is measured in consecutive windows of as many epochs as judging takes', async () => {
    const { events, state, exitCode } = await train('pacing/tiny.js')
    expect(exitCode).toBe(0)
    for (const { name, width } of [
      { name: 'hidden', width: 4 },
      { name: 'answer', width: 1 },
    ]) {
      // The last window ends with the process, and may hold less.
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
      const summary = summarise(
        state,
        state.layers.find((layer) => layer.name === name)!,
      )
      expect(['healthy', 'crowded', 'output', 'underused']).toContain(summary.verdict)
      expect(summary.evidence).toMatch(/ in steps \d+–\d+ \(\d+ epochs\)/)
    }
  })

  it('does not fill the log: the first 500 epochs are reported, then some, and the last', async () => {
    const { events, exitCode } = await train('pacing/tiny.js', { args: ['520', '4'] })
    expect(exitCode).toBe(0)
    const reported = ofType(events, 'epoch').map(({ step }) => step)
    expect(reported.slice(0, 500)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1))
    expect(reported.length).toBeLessThan(550)
    expect(reported.at(-1)).toBe(550)
    // No two windows share a step, whether or not their epochs were reported.
    const windows = epochsOf(events, 'hidden', 'train')
    for (const [i, { steps }] of windows.entries()) {
      if (i > 0) expect(steps!.first).toBeGreaterThan(windows[i - 1]!.steps!.last)
    }
    expect(windows.at(-1)!.steps!.last).toBe(550)
  })
})
