import { describe, expect, it } from 'vitest'
import { judge } from '../../src/advice/verdict.ts'
import { evidenceOf } from '../../src/presentation/layer/evidence.ts'
import type { LayerState } from '../../src/run/state.ts'
import { layer, measurement } from '../presentation/layers.ts'

const kindOf = (...parts: Parameters<typeof layer>) => judge(layer(...parts)).kind

describe('the verdict', () => {
  it('draws its lines where the thresholds are', () => {
    expect(kindOf({}, { width: 100, k: 29, observations: 1000 })).toBe('underused')
    expect(kindOf({}, { width: 100, k: 30, observations: 1000 })).toBe('healthy')
    expect(kindOf({}, { width: 100, k: 90, observations: 1000 })).toBe('healthy')
    expect(kindOf({}, { width: 100, k: 91, observations: 1000 })).toBe('crowded')
    expect(judge(layer({}, { width: 100, k: 45, observations: 1000 }), { underused: 0.5, crowded: 0.6 }).kind).toBe(
      'underused',
    )
  })

  it('calls no layer of one or two dimensions crowded: it is always used whole', () => {
    expect(kindOf({ width: 1 }, { width: 1, k: 1, observations: 1000 })).toBe('healthy')
    expect(kindOf({ width: 2 }, { width: 2, k: 2, observations: 1000 })).toBe('healthy')
    expect(kindOf({ width: 3 }, { width: 3, k: 3, observations: 1000 })).toBe('crowded')
  })

  it('calls no layer crowded that has hardly been trained', () => {
    const full = (last: number) => kindOf({}, { k: 127, steps: { first: 1, last, epochs: 1 } })
    expect([full(1), full(99), full(100)]).toEqual(['healthy', 'healthy', 'crowded'])
    // From an evaluation before training nothing follows.
    expect(kindOf({ eval: measurement({ split: 'eval', k: 127 }) }, null)).toBe('not trained')
  })

  it('calls no linear layer crowded whose features meet noise or the loss, as those of a latent space', () => {
    const full = (parts: Partial<LayerState>) => kindOf({ activation: null, ...parts }, { k: 127 })
    const group = { id: 'z', given: null, unknown: null }
    expect(full({ reachesLoss: true })).toBe('healthy')
    expect(full({ group: { ...group, given: 'constant' }, activation: 'linear' })).toBe('healthy')
    expect(full({ group: { ...group, given: 'data' }, kind: 'Conv2D' })).toBe('healthy')
    expect(full({ group })).toBe('crowded')
    expect(full({ reachesLoss: true, activation: 'relu' })).toBe('crowded')
    expect(full({ reachesLoss: true, measuredBehind: 'relu' })).toBe('crowded')
    expect(full({ reachesLoss: true, kind: 'LSTM' })).toBe('crowded')
  })

  it('judges nothing by too few observations, and says how many it takes', () => {
    const few = layer({}, { width: 100, k: 5, observations: 999 })
    const verdict = judge(few)
    expect(verdict).toMatchObject({ kind: 'provisional', recommendedWidth: null, saturation: 0.05 })
    expect(evidenceOf(few, verdict)).toBe('Only 999 observations; 10 for each of 100 dimensions are needed to judge.')
    expect(kindOf({}, null)).toBe('warming up')
    expect(kindOf({}, { status: 'tooFew', observations: 1, k: 0 })).toBe('warming up')
  })

  it('says of a layer that is only evaluated that nothing is trained, not that numbers are to come', () => {
    const evaluated = layer({ eval: measurement({ split: 'eval' }) }, null)
    const verdict = judge(evaluated)
    expect(verdict).toMatchObject({ kind: 'not trained', measurement: null, saturation: null })
    expect(evidenceOf(evaluated, verdict)).toBe('Only evaluations have been measured: no training step so far.')
  })

  it('rests on the last settled measurement while a new window fills', () => {
    const settled = measurement({ k: 60 })
    const verdict = judge(layer({ settled }, { observations: 64, k: 3 }))
    expect(verdict).toMatchObject({ kind: 'healthy', measurement: settled, saturation: 60 / 128 })
  })

  it('puts NaN before everything, and advises neither output layers nor dead ones', () => {
    expect(kindOf({ settled: measurement() }, { status: 'nonFinite', rejected: 3 })).toBe('non-finite')
    expect(judge(layer({ isOutput: true }))).toMatchObject({ kind: 'output', recommendedWidth: null })
    expect(judge(layer({}, { status: 'constant', k: 0, trace: 0 }))).toMatchObject({
      kind: 'dead',
      recommendedWidth: null,
    })
    expect(judge(layer({ notMeasured: 'it has no weights' }, null))).toMatchObject({
      kind: 'not measured',
      saturation: null,
    })
  })
})
