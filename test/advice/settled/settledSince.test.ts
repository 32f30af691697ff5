import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allSettledSince, settledSince } from '../../../src/advice/settled/settledSince.ts'
import { judge } from '../../../src/advice/verdict.ts'
import { DEFAULT_THRESHOLDS } from '../../../src/advice/verdictKind.ts'
import type { LayerState } from '../../../src/run/state.ts'
import { suggestionOf } from '../../../src/presentation/actions/suggestion.ts'
import { ENDED, ended, layer, runOf } from '../../presentation/layers.ts'
import { Recording, layer as described, measured } from '../../webview/runs.ts'

/** A layer of 128 dimensions whose windows ended with these, the last of them its present measurement. */
const windows = (...dimensions: number[]) => layer({ windows: ended(...dimensions) }, { k: dimensions.at(-1) ?? 0 })
const epochOf = (of: LayerState) => settledSince(of, [of])?.epoch ?? null

describe('a layer has settled since', () => {
  it('the epoch at whose end its verdict and width to try were what they have been ever since', () => {
    // Underused only once the width has settled, over three epochs.
    expect(epochOf(windows(15, 15, 15, 15, 15, 15))).toBe(2)
    // Healthy from the first epoch on, though k moves.
    expect(epochOf(windows(50, 90, 60, 80))).toBe(0)
    // Healthy, underused, healthy again.
    expect(epochOf(windows(64, 64, 15, 15, 15, 64, 64, 64))).toBe(5)
  })

  it('no epoch before three of them have shown it, and none while its width moves', () => {
    expect(epochOf(windows(64, 64))).toBeNull()
    expect(epochOf(windows(15, 15))).toBeNull()
    expect(epochOf(windows(10, 15, 20, 30))).toBeNull()
    expect(epochOf(layer({ windows: [] }))).toBeNull()
  })

  it('a step where no epochs are known, or each fit counts its own', () => {
    const each = windows(64, 64, 64)
    const again = { ...each, windows: each.windows.map((window) => ({ ...window, epoch: 0 })) }
    expect(settledSince(again, [again])).toEqual({ epoch: null, step: 10 })
  })

  it('the last change of the layers that have to have its width', () => {
    const group = { id: 'a', given: null, unknown: null }
    const first = { ...windows(15, 15, 15, 15, 15, 15, 15, 15), id: 'a', group }
    const second = { ...windows(64, 15, 15, 15, 15, 15, 15, 15), id: 'b', group }
    expect(settledSince(first, [first])?.epoch).toBe(2)
    // As long as the other is not underused, there is no width to try.
    expect(settledSince(first, [first, second])?.epoch).toBe(settledSince(second, [first, second])?.epoch)
    expect(settledSince(first, [first, second])?.epoch).toBeGreaterThan(2)
    expect(allSettledSince(runOf([first, second]))?.epoch).toBe(settledSince(second, [first, second])?.epoch)
    expect(allSettledSince(runOf([first, { ...second, windows: [] }]))).toBeNull()
    expect(allSettledSince(runOf([]))).toBeNull()
  })

  it('the same time, whether the run goes on or is judged at each of its epochs', () => {
    const values = fc.array(fc.constantFrom(12, 15, 16, 30, 64, 120, 125), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(values, (dimensions) => {
        const recording = new Recording().start([described('dense', 128)])
        const seen: string[] = []
        dimensions.forEach((k, epoch) => {
          const step = (epoch + 1) * 100
          recording
            .step(step, 1)
            .saturation(
              step,
              [measured(described('dense', 128), k, { steps: { first: step - 99, last: step, epochs: 1 } })],
              true,
            )
          const [now] = recording.state.layers
          const { kind, recommendedWidth } = judge(now!, DEFAULT_THRESHOLDS, [now!])
          seen.push(`${kind} ${recommendedWidth}`)
        })
        const since = settledSince(recording.state.layers[0]!, recording.state.layers)
        if (!since) return
        expect(new Set(seen.slice(since.epoch!)).size).toBe(1)
        if (since.epoch! > 0) expect(seen[since.epoch! - 1]).not.toBe(seen.at(-1))
      }),
    )
  })
})

it('the panel says once that all layers have settled', () => {
  const healthy = windows(64, 64, 64, 64)
  const progress = { step: 40, epoch: 3, epochs: 12, stepInEpoch: 10, stepsPerEpoch: 10, loss: 1 }
  const wordsOf = (parts: object) =>
    suggestionOf(runOf([healthy], { progress, ...parts }), DEFAULT_THRESHOLDS, new Set(), new Set())?.words
  expect(wordsOf({})).toBe(
    'All layers have settled since epoch 1 of 12: no verdict and no estimate of a width has changed since; the rest of this run will hardly change them.',
  )
  expect(wordsOf({ ended: ENDED })).toMatch(/since; a training of that length shows the same\.$/)
})

it('a run is worth stopping once all layers have settled and one of them has a width to try', () => {
  const underused = windows(15, 15, 15, 15, 15, 15)
  const progress = { step: 60, epoch: 5, epochs: 12, stepInEpoch: 10, stepsPerEpoch: 10, loss: 1 }
  const suggest = (parts: object, ignored: string[] = []) =>
    suggestionOf(runOf([underused], { progress, ...parts }), DEFAULT_THRESHOLDS, new Set(), new Set(ignored))
  const { words, actions } = suggest({})!
  expect(words).toMatch(
    /^All layers have settled since epoch 3 of 12: .* dense_1: about \d+ of 128 used\. Stop now to try that/,
  )
  expect(actions.map(({ title }) => title)).toEqual(['Stop Training'])
  // Nothing to stop for: the last epoch, a hint that is not wanted, a run that has ended.
  expect(suggest({ progress: { ...progress, epoch: 11, step: 120 } })?.actions).toEqual([])
  expect(suggest({}, ['dense_1'])?.actions).toEqual([])
  expect(suggest({ ended: ENDED })?.actions.map(({ title }) => title)).toEqual(['Prove this'])
})
