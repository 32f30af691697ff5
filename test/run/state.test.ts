import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Layer } from '../../src/protocol/layer.ts'
import type { Measurement } from '../../src/protocol/measurement.ts'
import type { RunEvent } from '../../src/protocol/events.ts'
import { fold } from '../../src/run/fold.ts'
import { emptyRun, saturationOf, type RunState } from '../../src/run/state.ts'
import { layer } from '../presentation/layers.ts'
import { lensTitle } from '../../src/presentation/layer/lensTitle.ts'
import { panelRow } from '../../src/presentation/layer/panelRow.ts'
import { summarise } from '../../src/presentation/layer/summary.ts'
import { proofBasis } from '../../src/presentation/proof/proofWords.ts'
import type { Proof } from '../../src/protocol/proof.ts'
import { knownBefore, measuredBefore } from '../../src/run/provenBefore.ts'
import { balanced, proofOf } from '../presentation/proofs.ts'
import { history } from '../protocol/arbitraryEvents.ts'
import { problemEvent, stepEvent } from './events.ts'

function foldAll(events: readonly RunEvent[], run = emptyRun()): RunState {
  for (const event of events) fold(run, event)
  return run
}
/** A state as a view gets it, by way of JSON. */
const snapshot = (run: RunState): RunState => JSON.parse(JSON.stringify(run)) as RunState

describe('the fold', () => {
  it('of a snapshot and the events after it equals the fold of the whole log, wherever the log is split', () => {
    fc.assert(
      fc.property(history, fc.nat(40), (events, at) => {
        const split = Math.min(at, events.length)
        const view = foldAll(events.slice(split), snapshot(foldAll(events.slice(0, split))))
        expect(snapshot(view)).toEqual(snapshot(foldAll(events)))
      }),
    )
  })

  it('is idempotent for single events and for a part of the log', () => {
    fc.assert(
      fc.property(history, fc.nat(40), fc.nat(40), (events, from, to) => {
        const run = foldAll(events)
        const before = snapshot(run)
        for (const event of events.slice(from, to)) expect(fold(run, event)).toBe(false)
        expect(snapshot(run)).toEqual(before)
        const repeated = events.flatMap((event) => [event, event])
        expect(snapshot(foldAll(repeated))).toEqual(before)
      }),
    )
  })

  it('does not change the events', () => {
    fc.assert(
      fc.property(history, (events) => {
        const before = JSON.stringify(events)
        foldAll(events)
        expect(JSON.stringify(events)).toBe(before)
      }),
    )
  })

  it('counts the same problem instead of listing it twice', () => {
    const run = foldAll([problemEvent(0, 'a'), problemEvent(1, 'b'), problemEvent(2, 'a')])
    expect(run.problems.map(({ message, times }) => [message, times])).toEqual([
      ['a', 2],
      ['b', 1],
    ])
  })

  it('tells a layer what earlier runs found, whether they are read before the model is known or after', () => {
    const stamp = { seq: 0, time: 1 }
    const entry = { layer: 'dense_1', width: 320, estimate: 184 }
    const earlier: RunEvent = { ...stamp, type: 'earlier widths', by: 'session', layers: [entry] }
    const model: RunEvent = { ...stamp, type: 'model', by: 'trainer', layers: [layer(), layer({ id: 'b' })] }
    for (const events of [
      [earlier, model],
      [model, earlier],
    ]) {
      const run = foldAll(events)
      expect(run.earlierWidths).toEqual([entry])
      expect(run.layers.map((each) => each.earlier)).toEqual([entry, null])
    }
  })

  it('replaces a proof by the one after it, and knows whether the run trains', () => {
    const stamp = { by: 'trainer', time: 1 } as const
    const running = proofOf([['dense_1']], [], { phase: 'running' })
    const done = proofOf([['dense_1']], [balanced({ dense_1: 44 })])
    const attached = { pid: 1, delta: 0.99, versions: {}, backend: 'tensorflow', trains: false }
    const run = foldAll([
      { ...stamp, seq: 0, type: 'attached', ...attached },
      { ...stamp, seq: 1, type: 'proof', ...running },
    ])
    expect(run.proof).toEqual(running)
    expect(run.attached?.trains).toBe(false)
    expect(fold(run, { ...stamp, seq: 2, type: 'proof', ...done })).toBe(true)
    expect(run.proof).toEqual(done)
  })

  it('gathers the networks of one proof, and calls a proof cancelled that the run’s end has met', () => {
    const stamp = { by: 'trainer', time: 1 } as const
    const network = (width: number) => ({ widths: [width], loss: 0.5, value: null })
    const part = (seq: number, evaluations: number, tried: number[], parts: Partial<Proof> = {}): RunEvent => ({
      ...{ ...stamp, seq, type: 'proof' },
      ...proofOf([['dense_1']], [], { phase: 'running', evaluations, tried: tried.map(network), ...parts }),
    })
    const run = foldAll([part(0, 1, [128]), part(1, 3, [64, 32]), part(2, 3, [])])
    expect(run.proof?.tried?.map(({ widths }) => widths[0])).toEqual([128, 64, 32])
    // The proof after the next `fit` begins anew.
    fold(run, part(3, 1, [100]))
    expect(run.proof?.tried).toEqual([network(100)])
    const ended = { type: 'run ended', how: 'stopped', exitCode: null, signal: 'SIGINT', message: '' } as const
    fold(run, { ...ended, ...stamp, seq: 4 })
    expect(run.proof?.phase).toBe('cancelled')
    expect(proofBasis(run.proof!).join(' ')).toContain('The proof was cancelled')
  })

  it('shows what an earlier run measured of layers of the same width, whichever comes first', () => {
    const earlier = layer({ id: 'dense' })
    const windows = [{ step: 9, epoch: 0, epochs: 1, width: 128, k: 13, k99: 13, loss: 0.1 }]
    const note: RunEvent = {
      ...{ type: 'measured before', seq: 0, by: 'session', time: 0, from: 'first.jsonl' },
      layers: [{ measurement: { ...earlier.train!, layer: 'dense' }, windows }],
    }
    const described = [layer({ id: 'dense', train: null }), layer({ id: 'other', train: null })]
    const model: RunEvent = { type: 'model', seq: 0, by: 'trainer', time: 0, layers: described }
    for (const events of [
      [note, model],
      [model, note],
    ]) {
      const run = foldAll(events)
      const [dense, other] = run.layers
      expect(dense).toMatchObject({ train: null, before: { layer: 'dense' }, windows })
      expect(other).toMatchObject({ before: null, windows: [] })
      const summary = summarise(run, dense!)
      expect(summary).toMatchObject({
        measuredIn: 'first.jsonl',
        train: { shortDimensions: expect.anything() as string },
      })
      expect(lensTitle(summary)).toContain('saturated in first.jsonl')
      expect(panelRow(summary).sentence).toContain('in first.jsonl')
      expect(summarise(run, other!)).toMatchObject({ measuredIn: null, verdict: 'warming up' })
    }
  })

  it('knows of an earlier run what a proof of its weights goes on from, and compares itself with', () => {
    const basis = { weights: 'a', estimates: 'b', examples: 'c' }
    const tried = [{ widths: [64], loss: 1, value: 0.5 }]
    const of = {
      ...emptyRun(),
      weights: { step: 20, bytes: 1 },
      metrics: { val_acc: { x: [10, 20], y: [0.5, 0.75] }, old: { x: [10], y: [1] } },
      proof: proofOf([], [], { basis, tried }),
    } as unknown as RunState
    expect(knownBefore(of, [emptyRun()])).toEqual({ earlier: [{ basis, tried }], recorded: { val_acc: 0.75 } })
    expect(knownBefore(emptyRun(), [])).toEqual({})
    expect(measuredBefore('first', emptyRun())).toBeNull()
  })

  it('drops measurements of a layer that is measured behind its activation from then on', () => {
    const measured = layer({ id: 'dense' })
    const { train } = measured
    const run = emptyRun()
    run.layers = [measured]
    const model = (seq: number, change: Partial<Layer>): RunEvent => ({
      ...{ type: 'model', seq, by: 'trainer', time: 0, partial: true },
      layers: [{ ...measured, ...change }],
    })
    fold(run, model(0, { reachesLoss: true }))
    expect(run.layers[0]).toMatchObject({ train, reachesLoss: true })
    fold(run, model(1, { measuredBehind: 'relu' }))
    expect(run.layers[0]).toMatchObject({ train: null, sufficient: null, measuredBehind: 'relu' })
    expect(run.layers[0]).not.toHaveProperty('reachesLoss')
  })

  it('goes from starting over training to ended', () => {
    const run = emptyRun()
    expect(run.phase).toBe('starting')
    fold(run, problemEvent(0, 'a', 'session'))
    expect(run.phase).toBe('starting')
    fold(run, stepEvent(0))
    expect(run).toMatchObject({ phase: 'training', progress: { step: 1 }, firstStepAt: stepEvent(0).time })
    fold(run, ended('completed', 1, 'trainer'))
    expect(run.phase).toBe('ended')
    fold(run, stepEvent(2))
    expect(run).toMatchObject({ phase: 'ended', progress: { step: 3 } })
  })

  it('believes the process about its end, unless the session knows more', () => {
    const endOf = (...events: RunEvent[]): unknown => foldAll(events).ended
    const completed = ended('completed', 0, 'trainer')
    expect(endOf(completed, ended('stopped', 0, 'session'))).toMatchObject({ how: 'stopped' })
    expect(endOf(completed, { ...ended('failed', 0, 'session'), exitCode: 3 })).toMatchObject({ how: 'failed' })
    expect(endOf(completed, { ...ended('lost', 0, 'session'), exitCode: null })).toMatchObject({ how: 'completed' })
    expect(endOf(ended('stopped', 0, 'session'), completed)).toMatchObject({ how: 'stopped' })
  })

  it('keeps a layer’s measurements when the model is described again', () => {
    const layers = (...ids: string[]): Layer[] => ids.map((id) => ({ ...LAYER, id }))
    const run = foldAll([
      { ...STAMP, seq: 0, type: 'model', layers: layers('dense') },
      { ...STAMP, seq: 1, type: 'saturation', step: 4, epoch: 0, endOfEpoch: false, layers: [MEASUREMENT] },
      { ...STAMP, seq: 2, type: 'model', layers: layers('conv', 'dense') },
    ])
    expect(run.layers.map(({ id, train }) => [id, train?.k ?? null])).toEqual([
      ['conv', null],
      ['dense', 3],
    ])
    expect(run.layers[1]).toMatchObject({ measuredAtStep: 4, sufficient: MEASUREMENT, history: { x: [4], y: [0.5] } })
  })

  it('updates layers that have changed, and appends new ones', () => {
    const run = foldAll([
      { ...STAMP, seq: 0, type: 'model', layers: [LAYER], partial: true },
      { ...STAMP, seq: 1, type: 'saturation', step: 4, epoch: 0, endOfEpoch: false, layers: [MEASUREMENT] },
      { ...STAMP, seq: 2, type: 'model', layers: [{ ...LAYER, id: 'conv' }], partial: true },
      { ...STAMP, seq: 3, type: 'model', layers: [{ ...LAYER, isOutput: true }], partial: true },
    ])
    expect(run.layers.map(({ id, isOutput, train }) => [id, isOutput, train?.k ?? null])).toEqual([
      ['dense', true, 3],
      ['conv', LAYER.isOutput, null],
    ])
  })

  it('keeps the latest embedding of each split, whatever is measured since', () => {
    const embedded = (seq: number, split: 'train' | 'eval', points: number[][]): RunEvent => {
      return { ...STAMP, seq, type: 'embedding', layer: LAYER.id, split, step: seq, epoch: 0, held: [0.7, 0.2], points }
    }
    const run = foldAll([
      { ...STAMP, seq: 0, type: 'model', layers: [LAYER] },
      embedded(1, 'train', [[9, 9]]),
      embedded(2, 'eval', [[1, 2]]),
      embedded(3, 'train', [[3, 4]]),
      { ...STAMP, seq: 4, type: 'saturation', step: 4, epoch: 1, endOfEpoch: false, layers: [MEASUREMENT] },
      { ...STAMP, seq: 5, type: 'model', layers: [LAYER] },
    ])
    expect(run.layers[0]!.embedding).toMatchObject({
      train: { step: 3, held: [0.7, 0.2], points: [[3, 4]] },
      eval: { step: 2, points: [[1, 2]] },
    })
  })

  it('separates training from evaluation, and keeps the sufficient measurement while a new window fills', () => {
    const of = (seq: number, part: Partial<Measurement>): RunEvent => {
      const layers = [{ ...MEASUREMENT, ...part }]
      return { ...STAMP, seq, type: 'saturation', step: seq, epoch: 0, endOfEpoch: false, layers }
    }
    const run = foldAll([
      { ...STAMP, seq: 0, type: 'model', layers: [LAYER] },
      of(1, {}),
      of(2, { split: 'eval', k: 1 }),
      of(3, { observations: 59, k: 2 }),
      of(4, { status: 'nonFinite', k: 0 }),
    ])
    expect(run.layers[0]).toMatchObject({ train: { status: 'nonFinite' }, eval: { k: 1 }, sufficient: { k: 3 } })
    expect(run.layers[0]!.history).toMatchObject({ x: [1, 3, 4], y: [0.5, 2 / 6, null] })
  })
})

describe('saturation', () => {
  it('is k / width, and null when k is not defined', () => {
    expect(saturationOf(MEASUREMENT)).toBe(0.5)
    expect(saturationOf({ ...MEASUREMENT, status: 'constant', k: 0 })).toBe(0)
    expect(saturationOf({ ...MEASUREMENT, status: 'tooFew', k: 0 })).toBeNull()
    expect(saturationOf({ ...MEASUREMENT, status: 'nonFinite', k: 0 })).toBeNull()
    expect(saturationOf(null)).toBeNull()
  })
})

type Ended = Extract<RunEvent, { type: 'run ended' }>
const STAMP = { by: 'trainer', time: 1 } as const
const LAYER: Layer = {
  id: 'dense',
  name: 'dense',
  kind: 'Dense',
  site: null,
  width: 6,
  widthProperty: 'units',
  outputShape: [null, 6],
  parameters: 42,
  activation: 'relu',
  inbound: [],
  isOutput: false,
  notMeasured: null,
}
const MEASUREMENT: Measurement = {
  layer: 'dense',
  split: 'train',
  width: 6,
  observations: 60,
  seen: 60,
  k: 3,
  delta: 0.99,
  trace: 1,
  status: 'ok',
  rejected: 0,
  spectrum: { head: [0.5, 0.3, 0.2, 0, 0, 0], tail: [] },
}

function ended(how: Ended['how'], seq: number, by: RunEvent['by']): Ended {
  return { type: 'run ended', how, seq, by, time: 1, exitCode: 0, signal: null, message: how }
}
