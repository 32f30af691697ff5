import { describe, expect, it } from 'vitest'
import { checkLimits, type Limits } from '../../src/comparison/limits.ts'
import { limitsMarkdown } from '../../src/presentation/comparison/limitsTable.ts'
import { ENDED, layer, runOf } from '../presentation/layers.ts'

/** Two underused layers of 12 %, a healthy one of 50 %, a dead one, and an output of 8 %. */
const run = runOf(
  [
    layer({ id: 'a' }),
    layer({ id: 'b' }),
    layer({ id: 'healthy' }, { k: 64 }),
    layer({ id: 'dead' }, { status: 'constant', k: 0 }),
    layer({ id: 'output', isOutput: true }, { k: 10 }),
  ],
  { ended: ENDED },
)
const check = (limits: Limits) => checkLimits(run, limits)

describe('limits of a run', () => {
  it.each([
    [{ maxUnderused: 2 }, true, 2],
    [{ maxUnderused: 1 }, false, 2],
    [{ maxDead: 0 }, false, 1],
    [{ maxDead: 1 }, true, 1],
    [{ maxCrowded: 0 }, true, 0],
    [{ maxParameters: 5000 }, true, 5000],
    [{ maxParameters: 4999 }, false, 5000],
  ] as const)('%j hold: %s, with %d', (limits, holds, found) => {
    expect(check(limits)).toMatchObject({ holds, limits: [{ found, holds }] })
  })

  it('name the layers that count against them, outputs never', () => {
    const [limit] = check({ minSaturation: 0.2 }).limits
    expect(limit).toMatchObject({ holds: false, found: 0 })
    expect(limit!.layers.map(({ name }) => name)).toEqual(['a', 'b', 'dead'])
  })

  it('do not hold where nothing could be judged, or the training failed', () => {
    const few = runOf([layer({}, { observations: 100, seen: 100 })], { ended: ENDED })
    expect(checkLimits(few, { maxUnderused: 5 })).toMatchObject({ holds: false, unjudged: ['dense_1'] })
    const failed = { ...run, ended: { ...ENDED, how: 'failed' as const, message: 'It failed.' } }
    expect(checkLimits(failed, { maxUnderused: 2 })).toMatchObject({ holds: false, failed: 'It failed.' })
  })

  it('are summarised for a pull request', () => {
    const text = limitsMarkdown(check({ maxUnderused: 1, maxDead: 1 }), 'train_it.js')
    expect(text).toContain(String.raw`### ❌ Saturation of train\_it.js`)
    expect(text).toContain('1 of 2 limits do not hold.')
    expect(text).toContain('| underused layers, at most | 1 | 2 | does not hold | a 12 %, b 12 % |')
  })
})
