import { expect, it } from 'vitest'
import { summarise } from '../../../src/presentation/layer/summary.ts'
import { STEPS_PER_WINDOW } from '../../../src/run/sufficiency.ts'
import { epochsOf, ofType, train } from '../training.ts'

it('a layer that dies in a custom loop is reported dead while the loop goes on', async () => {
  const { events, state, exitCode } = await train('pacing/diesInLoop.js')
  expect(exitCode).toBe(0)
  const dead = ofType(events, 'saturation').filter(({ layers }) =>
    layers.some(({ layer, status }) => layer === 'b' && status === 'constant'),
  )
  expect(dead[0]!.step).toBeGreaterThan(200)
  expect(dead[0]!.step).toBeLessThan(600)
  const verdictOf = (name: string) =>
    summarise(
      state,
      state.layers.find((layer) => layer.name === name)!,
    ).verdict
  expect(verdictOf('b')).toBe('dead')
  expect(verdictOf('a')).not.toBe('dead')
  // Windows follow each other, and all but the last, which ends with the process, have their length.
  const windows = epochsOf(events, 'a', 'train')
  for (const [i, { steps }] of windows.entries()) {
    if (i > 0) expect(steps!.first).toBeGreaterThan(windows[i - 1]!.steps!.last)
    if (i < windows.length - 1) expect(steps!.last - steps!.first + 1).toBeGreaterThanOrEqual(STEPS_PER_WINDOW)
    expect(steps!.last - steps!.first + 1).toBeLessThan(3 * STEPS_PER_WINDOW)
  }
})
