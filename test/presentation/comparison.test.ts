import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../src/comparison/compareRuns.ts'
import { beforeAfter } from '../../src/presentation/comparison/beforeAfter.ts'
import { comparisonMarkdown } from '../../src/presentation/comparison/comparisonMarkdown.ts'
import { comparisonNotes } from '../../src/presentation/comparison/comparisonWords.ts'
import type { RunState } from '../../src/run/state.ts'
import { ENDED, layer, runOf } from './layers.ts'

const run = (width: number, val_acc: number, parts: Partial<RunState> = {}): RunState =>
  runOf([layer({ id: 'hidden|2', width, parameters: 100 * width })], {
    ended: ENDED,
    firstStepAt: 0,
    lastEpoch: { epoch: 0, step: 10, time: 100, metrics: { val_acc } },
    ...parts,
  })
const comparison = compareRuns([
  { name: 'before', runs: [run(320, 0.988)] },
  { name: 'after', runs: [run(104, 0.987, { inherited: { from: 'first.jsonl', layers: [] } })] },
])

describe('the words of a comparison', () => {
  it('say on the line what a change has done', () => {
    const changed = { id: 'hidden|2', widthProperty: 'units' as const }
    expect(beforeAfter(comparison, changed)).toBe('104 units, was 320 · val_acc 98.7 % (−0.1) · 68 % fewer parameters')
    expect(beforeAfter(comparison, { ...changed, id: 'other' })).toBeNull()
  })

  it('say what chance may do, and in what else the trainings differ', () => {
    const notes = comparisonNotes(comparison).join(' ')
    expect(notes).toContain('after: began with the weights of first.jsonl')
    expect(notes).toContain('differences up to 0.5 points count as noise here')
    const repeated = { name: 'before', runs: [run(320, 0.988), run(320, 0.988)] }
    expect(comparisonNotes(compareRuns([repeated])).join()).toContain('The 2 runs of before gave the same val_acc')
  })

  it('take names of the program as text', () => {
    const text = comparisonMarkdown(comparison)
    expect(text).toContain(String.raw`| hidden\|2 | Dense | 320 → 104 |`)
    expect(text).toContain(String.raw`| before | from scratch | 98.8 % |`)
  })
})
