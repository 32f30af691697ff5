import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../src/comparison/compareRuns.ts'
import { addPoint, emptySeries } from '../../src/run/series.ts'
import type { RunState } from '../../src/run/state.ts'
import { ENDED, layer, runOf } from '../presentation/layers.ts'

type Metrics = Record<string, number>

/** A run of two layers that has ended with these metrics after ten epochs of ten steps, in which they did not change. */
function run(metrics: Metrics, parts: Partial<RunState> = {}, width = 128): RunState {
  const curves = Object.entries(metrics).map(([name, value]) => {
    const curve = emptySeries()
    for (let epoch = 1; epoch <= 10; epoch++) addPoint(curve, 10 * epoch, value)
    return [name, curve] as const
  })
  return runOf([layer({ width, parameters: 10 * width }), layer({ id: 'output', width: 10, parameters: 10 })], {
    ended: ENDED,
    firstStepAt: 1000,
    metrics: Object.fromEntries(curves),
    lastEpoch: { epoch: 9, step: 100, time: 3000, metrics },
    ...parts,
  })
}

const two = (before: RunState, after: RunState, metric: string | null = null) =>
  compareRuns(
    [
      { name: 'before', runs: [before] },
      { name: 'after', runs: [after] },
    ],
    { metric },
  )

describe('the metric by which runs are compared', () => {
  const both = { loss: 0.1, acc: 0.99, val_loss: 0.2, val_acc: 0.97 }

  it('is that of the validation, an accuracy before the loss', () => {
    expect(two(run(both), run(both)).metric).toMatchObject({ name: 'val_acc', better: 'higher', isOfOtherData: true })
    const losses = { loss: 0.1, val_loss: 0.2, val_mae: 0.3 }
    expect(two(run(losses), run(losses)).metric).toMatchObject({ name: 'val_loss', better: 'lower' })
  })

  it('is one that all runs report', () => {
    const training = { loss: 0.1, acc: 0.99 }
    expect(two(run(both), run(training)).metric).toMatchObject({ name: 'acc', isOfOtherData: false })
    expect(two(run({ acc: 1 }), run({ mae: 1 })).metric).toBeNull()
    expect(two(run({ acc: 1 }), run({ mae: 1 })).known).toEqual(['acc', 'mae'])
  })

  it('can be chosen', () => {
    expect(two(run(both), run(both), 'val_loss').networks[1]!.value?.mean).toBe(0.2)
    expect(two(run(both), run(both), 'nonsense').metric).toBeNull()
  })

  it('is the loss of the last steps in training without epochs', () => {
    const loop = (last: number): RunState => {
      const loss = emptySeries()
      for (let step = 1; step <= 20; step++) addPoint(loss, step, step > 18 ? last : 1)
      return run({}, { lastEpoch: null, loss })
    }
    const { metric, networks } = two(loop(0.5), loop(0.25))
    expect(metric).toMatchObject({ name: 'loss', source: 'steps', isOfOtherData: false })
    expect(networks.map(({ value }) => value?.mean)).toEqual([0.5, 0.25])
  })
})

describe('a difference', () => {
  it('of one run from one run counts as noise up to half a point', () => {
    const of = (value: number) => two(run({ val_acc: 0.97 }), run({ val_acc: value })).networks[1]!.difference!
    expect(of(0.966)).toMatchObject({ judgement: 'alike', interval: null, noise: 0.005 })
    expect(of(0.96).judgement).toBe('worse')
    expect(of(0.98).judgement).toBe('better')
  })

  it('of a metric that is better when lower is judged the other way round', () => {
    expect(two(run({ val_loss: 1 }), run({ val_loss: 2 })).networks[1]!.difference!.judgement).toBe('worse')
  })

  it('of repeated runs has Welch’s interval', () => {
    const runs = (...values: number[]): RunState[] => values.map((val_loss) => run({ val_loss }))
    const of = (first: RunState[], second: RunState[]) =>
      compareRuns([
        { name: 'before', runs: first },
        { name: 'after', runs: second },
      ]).networks[1]!.difference!
    // Means 2 and 5, variances of the means 1/3 each, 4 degrees of freedom: 3 ± 2.776 · √(2/3).
    const clear = of(runs(1, 2, 3), runs(4, 5, 6))
    expect(clear.interval!.low).toBeCloseTo(3 - 2.7764 * Math.sqrt(2 / 3), 3)
    expect(clear.interval!.high).toBeCloseTo(3 + 2.7764 * Math.sqrt(2 / 3), 3)
    expect(clear.judgement).toBe('worse')
    expect(of(runs(1, 2, 3), runs(2, 3, 4)).judgement).toBe('alike')
    // Only the first was repeated: the second may be any draw of the same spread, 2.5 ± 4.303 · √(1 + 1/3).
    expect(of(runs(1, 2, 3), runs(4.5)).interval!.high).toBeCloseTo(2.5 + 4.3027 * Math.sqrt(4 / 3), 3)
    // Repeats of a script that seeds everything show nothing of chance.
    expect(of(runs(2, 2, 2), runs(2.5)).interval).toBeNull()
  })
})

describe('the networks', () => {
  it('have parameters, time per step and layers before and after', () => {
    const [before, after] = two(run({ acc: 1 }), run({ acc: 1 }, {}, 64)).networks
    expect([before!.parameters, after!.parameters]).toEqual([1290, 650])
    expect(after!.stepMs?.mean).toBe(20)
    expect(before!.layers).toEqual([])
    expect(after!.layers[0]).toMatchObject({
      name: 'dense_1',
      before: { width: 128, parameters: 1280, verdict: 'underused' },
      after: { width: 64, parameters: 640 },
    })
  })

  it('may have layers that the other has not', () => {
    const changed = run({ acc: 1 }, { layers: [layer(), layer({ id: 'added' })] })
    const { layers } = two(run({ acc: 1 }), changed).networks[1]!
    expect(layers.map(({ id, before, after }) => [id, before !== null, after !== null])).toEqual([
      ['dense_1', true, true],
      ['output', true, false],
      ['added', false, true],
    ])
  })

  it('say why a training failed, and are compared without it', () => {
    const failed = run({}, { lastEpoch: null, metrics: {}, ended: { ...ENDED, how: 'failed', message: 'It failed.' } })
    const { metric, networks } = two(run({ val_acc: 1 }), failed)
    expect(metric?.name).toBe('val_acc')
    expect(networks[1]).toMatchObject({ failed: 'It failed.', value: null, difference: null })
  })
})
