import { describe, expect, it } from 'vitest'
import type { LayerState } from '../../src/run/state.ts'
import { summarise } from '../../src/presentation/layer/summary.ts'
import { layer, measurement, runOf } from '../presentation/layers.ts'

type Group = NonNullable<LayerState['group']>

/** A layer of a group, of whose 128 dimensions `needed` hold all of the variance. */
function member(id: string, needed: number, group: Partial<Group> = {}): LayerState {
  const head = Array.from({ length: 128 }, (_, i) => (i < needed ? 1 : 0))
  const part = { id: 'stem', given: null, unknown: null, ...group }
  return layer({ id, group: part }, measurement({ layer: id, k: needed, spectrum: { head, tail: [] } }))
}

/** Advice and explanation of each layer of a run. */
const advised = (...layers: LayerState[]) =>
  layers.map((each) => {
    const { advice, explanation } = summarise(runOf(layers), each)
    return [advice?.words ?? null, ...explanation]
  })

describe('layers that have to have one width', () => {
  it('are estimated to use the most that one of them uses', () => {
    const [stem, branch] = advised(member('stem', 20), member('branch', 30))
    expect(stem?.[0]).toBe('about 60 of 128 used')
    expect(branch?.[0]).toBe('about 60 of 128 used')
  })

  it('are advised a width that the operations allow, or none', () => {
    expect(advised(member('stem', 20, { multiple: 10 }))[0]?.[0]).toBe('about 60 of 128 used')
    expect(advised(member('stem', 20, { multiple: 6, offset: 60 }))[0]?.[0]).toBe('about 66 of 128 used')
    expect(advised(member('stem', 20, { multiple: 64, offset: 64 }))[0]?.[0]).toBeNull()
  })

  it('are advised none where one of them is not underused, or not judged yet', () => {
    const why = (other: string) => [null, `Its width has to be that of ${other}: not all of them are underused.`]
    expect(advised(member('stem', 20), member('branch', 100))).toEqual([why('branch'), [null]])
    const { group } = member('late', 1)
    expect(advised(member('stem', 20), layer({ id: 'late', group: group! }, null))[0]).toEqual(why('late'))
  })

  it('are named by the operations of a step, whatever the graph of layers says', () => {
    const add = layer({ id: 'add', kind: 'Add', inbound: ['a', 'b'], parameters: 0, notMeasured: 'it has no weights' })
    const [a, b] = [member('a', 20, { id: 'a' }), member('b', 20, { id: 'b' })]
    expect(advised(a, b, add)[0]?.join(' ')).not.toContain('merged by')
    const tied = [member('a', 20, { id: 'a' }), member('b', 20, { id: 'a' })]
    expect(advised(...tied, add)[0]?.[2]).toContain('merged by add with that of b')
  })
})

describe('a width that is not free', () => {
  it.each([
    [
      { given: 'data' },
      'Its output is combined with inputs, labels or other tensors from outside the step, which have this width.',
    ],
    [{ given: 'constant' }, 'The code gives this width to a tensor or a shape that its output meets.'],
    [
      { given: 'weights' },
      'Its width is that of weights that are not trained, were read from a file, or are copied by the program.',
    ],
    [{ unknown: 'gather' }, 'Its output goes to `gather`, which may need this width.'],
    [{ unknown: 'predict' }, 'Its output is also computed outside of training, for code that may need this width.'],
    [{ unknown: 'shape' }, 'Code reads the shape of its output, which may decide how the model is built.'],
  ] as const)('is not advised, and it is said why: %j', (group, sentence) => {
    expect(advised(member('stem', 20, group))).toEqual([[null, sentence]])
  })
})
