import { describe, expect, it } from 'vitest'
import { narrowedFrom } from '../../src/advice/narrowedFrom.ts'
import { judge } from '../../src/advice/verdict.ts'
import { widthsToRemember } from '../../src/advice/widthsToRemember.ts'
import { summarise } from '../../src/presentation/layer/summary.ts'
import type { EarlierWidth } from '../../src/protocol/events.ts'
import type { LayerState } from '../../src/run/state.ts'
import { layer, measurement, runOf } from '../presentation/layers.ts'

/** What an earlier run says of the layer `dense_1`, which is 128 wide now. */
const was = (width: number, estimate: number | null = 128): EarlierWidth => ({ layer: 'dense_1', width, estimate })

describe('a layer that was narrowed', () => {
  it('by an override or since an earlier run, gets no estimate, and is told why', () => {
    const [byOverride, since] = [layer({ sourceWidth: 320 }), layer({ earlier: was(320, 184) })]
    expect(judge(layer()).recommendedWidth).toBe(44)
    for (const narrowed of [byOverride, since])
      expect(judge(narrowed)).toMatchObject({ kind: 'underused', recommendedWidth: null })
    const why = 'Saturation falls again with each cut, so compare the two runs before narrowing it further.'
    expect(summarise(runOf([byOverride]), byOverride).explanation).toEqual([`It was narrowed from 320. ${why}`])
    expect(summarise(runOf([since]), since).explanation).toEqual([
      `It was narrowed from 320, of which about 184 were used. ${why}`,
    ])
  })

  it('in two ways, was narrowed from the larger width', () => {
    expect(narrowedFrom(layer({ sourceWidth: 184, earlier: was(320, 184) }))).toEqual({ from: 320, estimate: 184 })
    expect(narrowedFrom(layer({ sourceWidth: 400, earlier: was(320, 184) }))).toEqual({ from: 400, estimate: null })
  })

  it('is none where it is as wide as it was, or wider', () => {
    for (const same of [
      layer(),
      layer({ sourceWidth: 64 }),
      layer({ earlier: was(128) }),
      layer({ earlier: was(100) }),
    ]) {
      expect(narrowedFrom(same)).toBeNull()
      expect(judge(same).recommendedWidth).toBe(44)
    }
  })

  it('leaves those without an estimate that have to have its width', () => {
    const group = { id: 'a', given: null, unknown: null }
    const [a, b] = [layer({ id: 'a', group, earlier: was(320, 184) }), layer({ id: 'b', group })]
    for (const each of [a, b]) expect(judge(each, undefined, [a, b]).recommendedWidth).toBeNull()
    expect(summarise(runOf([a, b]), b).explanation[0]).toMatch(
      /^Its width has to be that of a, which was narrowed from 320, of which about 184 were used\. /,
    )
  })
})

describe('the next run remembers', () => {
  const remembered = (state: LayerState, earlier = state.earlier ? [state.earlier] : []): EarlierWidth[] =>
    widthsToRemember(runOf([state], { earlierWidths: earlier }))

  it('widths with an estimate', () => {
    expect(remembered(layer())).toEqual([was(128, 44)])
    expect(remembered(layer({}, { k: 64 }))).toEqual([])
    expect(remembered(layer({ isOutput: true }))).toEqual([])
    expect(remembered(layer({ earlier: was(100) }))).toEqual([was(128, 44)])
  })

  it('from what a layer was narrowed, however often it is narrowed further', () => {
    expect(remembered(layer({ earlier: was(320, 184) }))).toEqual([was(320, 184)])
    expect(remembered(layer({ earlier: was(320, 184) }, { k: 64 }))).toEqual([was(320, 184)])
    expect(remembered(layer({ sourceWidth: 320 }))).toEqual([was(320, null)])
    expect(remembered(layer({ sourceWidth: 184, earlier: was(320, 184) }))).toEqual([was(320, 184)])
  })

  it('nothing of a layer that has settled without an estimate at the earlier width', () => {
    expect(remembered(layer({ earlier: was(128) }, { k: 64 }))).toEqual([])
    expect(remembered(layer({ earlier: was(100) }, { k: 64 }))).toEqual([])
  })

  it('all of it after a run that ended early', () => {
    const earlier = [was(128)]
    expect(widthsToRemember(runOf([], { earlierWidths: earlier }))).toEqual(earlier)
    expect(remembered(layer({ earlier: was(128), windows: [] }))).toEqual(earlier)
    expect(remembered(layer({ earlier: was(128), windows: [] }, { k: 64 }))).toEqual(earlier)
    expect(remembered(layer({ earlier: was(128), windows: [] }, null))).toEqual(earlier)
    const few = measurement({ observations: 64 })
    expect(remembered(layer({ earlier: was(128), windows: [], train: few }))).toEqual(earlier)
    expect(remembered(layer({ id: 'other', windows: [] }), earlier)).toEqual(earlier)
  })
})
