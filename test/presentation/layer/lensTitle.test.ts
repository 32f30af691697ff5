import { describe, expect, test } from 'vitest'
import { DEFAULT_THRESHOLDS } from '../../../src/advice/verdictKind.ts'
import { lensTitle, lensTitleOfSeveral } from '../../../src/presentation/layer/lensTitle.ts'
import { lensTooltip, lensTooltipOfSeveral } from '../../../src/presentation/layer/lensTooltip.ts'
import { summarise, type LayerSummary } from '../../../src/presentation/layer/summary.ts'
import type { LayerState, RunState } from '../../../src/run/state.ts'
import { ended, ENDED, layer, measurement, runOf } from '../layers.ts'

interface Circumstances {
  stale?: boolean
  run?: Partial<RunState>
  others?: LayerState[]
}

function shown(state: LayerState, { stale = false, run, others = [] }: Circumstances = {}): LayerSummary {
  const whole = runOf([state, ...others], run)
  return summarise(whole, state, DEFAULT_THRESHOLDS, stale)
}

const title = (state: LayerState, circumstances?: Circumstances) => lensTitle(shown(state, circumstances))

describe('one layer', () => {
  test('underused, with an estimate of the width, whatever sets it', () => {
    const words = '$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used'
    for (const widthProperty of ['units', 'filters', 'outputDim'] as const)
      expect(title(layer({ widthProperty }))).toBe(words)
  })

  test('underused without a width to try', () => {
    expect(title(layer({ widthProperty: null }))).toBe('$(warning) 12 % saturated · 15 of 128 dimensions · underused')
  })

  test('underused and coupled by a residual connection', () => {
    const free = { widthProperty: 'filters' } as const
    const state = layer({ id: 'conv2d_4', kind: 'Conv2D', ...free, inbound: ['conv2d_3'] })
    const first = layer({ id: 'conv2d_3', kind: 'Conv2D', ...free })
    const add = layer({ id: 'add_1', kind: 'Add', inbound: ['conv2d_3', 'conv2d_4'], parameters: 0 })
    expect(title(state, { others: [first, add] })).toBe(
      '$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used',
    )
    const together = 'Its output is merged by add_1 with that of conv2d_3: their widths have to change together.'
    expect(lensTooltip(shown(state, { others: [first, add] }))).toContain(together)
    const third = layer({ id: 'conv2d_5', kind: 'Conv2D', ...free })
    const wider = layer({ id: 'add_1', kind: 'Add', inbound: ['conv2d_3', 'conv2d_4', 'conv2d_5'] })
    expect(lensTooltip(shown(state, { others: [first, third, wider] }))).toContain('that of conv2d_3, conv2d_5: their')
  })

  test('crowded, healthy, output', () => {
    const flat = { head: Array(64).fill(1), tail: [] }
    expect(title(layer({}, { width: 64, k: 61, spectrum: flat }))).toBe(
      '$(flame) 95 % saturated · 61 of 64 dimensions · crowded',
    )
    expect(title(layer({}, { width: 64, k: 27 }))).toBe('42 % saturated · 27 of 64 dimensions')
    expect(title(layer({ isOutput: true }, { width: 10, k: 10 }))).toBe(
      '100 % saturated · 10 of 10 dimensions · output layer',
    )
    expect(title(layer({ isOutput: true }, { width: 10, k: 1 }))).toBe(
      '10 % saturated · 1 of 10 dimensions · output layer',
    )
  })

  test('dead, and broken by NaN', () => {
    expect(title(layer({}, { k: 0, status: 'constant', trace: 0 }))).toBe(
      '$(circle-slash) 0 of 128 dimensions · dead, its output does not vary',
    )
    expect(title(layer({}, { status: 'nonFinite', rejected: 128, k: 0 }))).toBe(
      '$(error) NaN or infinity in 128 observations',
    )
    expect(title(layer({}, { status: 'nonFinite', rejected: 1 }))).toBe('$(error) NaN or infinity in 1 observation')
  })

  test('warming up and provisional', () => {
    expect(title(layer({}, null))).toBe('$(watch) warming up')
    expect(title(layer({}, { observations: 1, status: 'tooFew', k: 0 }))).toBe('$(watch) warming up')
    expect(title(layer({}, { observations: 300, k: 10 }))).toBe(
      '$(watch) 8 % saturated so far · provisional, 300 of 1,280 observations',
    )
  })

  test('only evaluated', () => {
    expect(title(layer({ eval: measurement({ split: 'eval' }) }, null))).toBe(
      '12 % saturated in evaluation · not trained',
    )
  })

  test('not measured: said of layers with weights, kept quiet for others', () => {
    const reason = { notMeasured: 'it returns several outputs' }
    expect(title(layer(reason, null))).toBe('not measured: it returns several outputs')
    expect(title(layer({ ...reason, kind: 'Flatten', parameters: 0 }, null))).toBeNull()
  })

  test('stale: the number stays, the advice goes', () => {
    expect(title(layer(), { stale: true })).toBe(
      '$(history) 12 % saturated · 15 of 128 dimensions · stale, edited since',
    )
    expect(title(layer({}, null), { stale: true })).toBe('$(history) warming up · stale, edited since')
    expect(title(layer({ notMeasured: 'x', parameters: 0 }, null), { stale: true })).toBeNull()
  })

  test('a run that ended keeps its numbers', () => {
    const run = { ended: ENDED, phase: 'ended' } as const
    expect(title(layer(), { run })).toBe('$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used')
    expect(title(layer({}, { observations: 300, k: 10 }), { run })).toBe(
      '$(watch) 8 % saturated · provisional, 300 of 1,280 observations',
    )
    expect(title(layer({}, null), { run })).toBe('no data: the run ended first')
  })

  test('observations that repeat or depend on each other are not counted as others are', () => {
    const repeated = { observations: 2000, effective: 13, k: 10 }
    expect(title(layer({}, repeated))).toBe(
      '$(watch) 8 % saturated so far · provisional, 2,000 observations count as about 13 of 640',
    )
    expect(shown(layer({}, repeated)).evidence).toBe(
      '2,000 observations count as about 13 independent ones, because they repeat or depend on each other; 5 for each of 128 dimensions are needed to judge.',
    )
    expect(lensTooltip(shown(layer({ sufficient: measurement() }, repeated)))).toContain(
      'Measured in the window before; the 2,000 observations of the present one count as about 13 of the 640 it takes.',
    )
    expect(shown(layer({}, { observations: 9000, effective: 700 })).evidence).toContain(
      'over 9,000 observations, which count as about 700 independent ones.',
    )
    expect(title(layer({}, { observations: 300, effective: 13, k: 10 }))).toContain('provisional, 300 of 1,280 observ')
  })

  test("an epoch's verdict stays until the next one has enough observations", () => {
    const sufficient = measurement()
    const early = layer({ sufficient, windows: ended(15, 15, 15) }, { observations: 64, k: 3 })
    expect(title(early)).toBe('$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used')
    expect(lensTooltip(shown(early))).toContain(
      'Measured in the window before; the present one has 64 of the 1,280 observations it takes.',
    )
    expect(title(layer({ sufficient }, { k: 60 }))).toBe('47 % saturated · 60 of 128 dimensions')
    expect(title(layer({ sufficient }, { status: 'nonFinite', rejected: 2 }))).toContain('NaN')
  })
})

describe('several layers made by one line', () => {
  const several = (...layers: LayerSummary[]) => lensTitleOfSeveral(layers)
  const healthy = (id: string, k: number) => shown(layer({ id }, { k }))

  test('how many, from where to where, and what is wrong', () => {
    const layers = [100, 60, 50, 40].map((k, i) => healthy(`dense_${i}`, k))
    const two = [shown(layer({ id: 'a' })), shown(layer({ id: 'b' }, { k: 20 }))]
    expect(several(...layers, ...two)).toBe('$(warning) 6 layers · 12–78 % · 2 underused')
    expect(several(...layers)).toBe('4 layers · 31–78 %')
    expect(several(healthy('a', 64), healthy('b', 64))).toBe('2 layers · 50 %')
    const narrowed = [shown(layer({ sourceWidth: 320 })), shown(layer({ id: 'b', sourceWidth: 320 }))]
    expect(several(...narrowed)).toBe('2 layers · 12 % · all underused')
    expect(several(...narrowed, shown(layer({ id: 'c' })))).toBe('$(warning) 3 layers · 12 % · all underused')
  })

  test('the most urgent state gives the icon', () => {
    const nan = shown(layer({ id: 'n' }, { status: 'nonFinite', k: 0, rejected: 3 }))
    const crowded = shown(layer({ id: 'c' }, { k: 127 }))
    const dead = shown(layer({ id: 'd' }, { status: 'constant', k: 0 }))
    expect(several(shown(layer()), crowded, nan)).toBe(
      '$(error) 3 layers · 12–99.2 % · 1 with NaN or infinity · 1 underused · 1 crowded',
    )
    expect(several(crowded, dead)).toBe('$(circle-slash) 2 layers · 0–99.2 % · 1 dead · 1 crowded')
  })

  test('states of all of them', () => {
    const warming = ['a', 'b'].map((id) => shown(layer({ id }, null)))
    expect(several(...warming)).toBe('$(watch) 2 layers · all warming up')
    const stale = ['a', 'b'].map((id) => shown(layer({ id }), { stale: true }))
    expect(several(...stale)).toBe('$(history) 2 layers · 12 % · stale, edited since')
    expect(several(shown(layer(), { stale: true }), healthy('b', 64))).toMatch(/ · 1 stale$/)
    const skipped = ['a', 'b'].map((id) => shown(layer({ id, notMeasured: 'x' }, null)))
    expect(several(...skipped)).toBe('2 layers · all not measured')
  })

  test('quiet layers do not count', () => {
    const quiet = shown(layer({ id: 'q', notMeasured: 'no features', parameters: 0 }, null))
    expect(several(quiet, quiet)).toBeNull()
    expect(several(quiet, healthy('a', 64))).toBe('50 % saturated · 64 of 128 dimensions')
    expect(several()).toBeNull()
  })
})

describe('tooltips', () => {
  test('evidence, definition, advice', () => {
    const steps = { first: 1, last: 200, epochs: 2 }
    expect(lensTooltip(shown(layer({}, { seen: 25_600, steps })))).toBe(
      [
        'dense_1 (Dense)',
        '15 of 128 dimensions hold 99 % of the variance, over 12,800 observations in steps 1–200 (2 epochs).',
        "Saturation: the share of the layer's 128 dimensions that are needed to hold 99 % of its output's variance.",
        '50 % of what the layer produced was sampled.',
        'About 44 of 128 used: the square root of width · k at 99 % of the variance, an estimate that only a training proves.',
        'Settled since step 10: neither its verdict nor an estimate of its width has changed.',
        'Click to see the layer in the panel.',
      ].join('\n'),
    )
  })

  test('an estimate is called so, with its bounds', () => {
    const sketched = shown(layer({}, { bounds: { low: 12, high: 20 } }))
    expect(lensTitle(sketched)).toContain('about 12 % saturated · about 15 of 128 dimensions')
    expect(lensTooltip(sketched)).toContain('About 15 of 128 dimensions hold 99 % of the variance')
    expect(lensTooltip(sketched)).toContain('lies between 12 and 20.')
  })

  test('a layer is flagged only where the bounds allow no other verdict', () => {
    expect(shown(layer({}, { bounds: { low: 12, high: 38 } })).verdict).toBe('underused')
    expect(shown(layer({}, { bounds: { low: 12, high: 39 } })).verdict).toBe('healthy')
    expect(shown(layer({}, { k: 126, bounds: { low: 110, high: 128 } })).verdict).toBe('healthy')
    expect(shown(layer({}, { k: 126, bounds: { low: 120, high: 128 } })).verdict).toBe('crowded')
  })

  test('what the budget gave up', () => {
    const sampling = { rowsPerFeature: 2, layerStride: 3 }
    const overhead = { share: 0.03, monitorMs: 3, trainingMs: 100, sampling }
    expect(lensTooltip(shown(layer(), { run: { overhead } }))).toContain(
      'To keep to its budget, monitoring takes up to 2 of 8 observations per dimension, each layer in 1 of 3 steps.',
    )
  })

  test('what has to change together', () => {
    const add = layer({ id: 'add_1', kind: 'Add', inbound: ['dense_1', 'dense_0'] })
    expect(lensTooltip(shown(layer(), { others: [layer({ id: 'dense_0' }), add] }))).toContain(
      'Its output is merged by add_1 with that of dense_0: their widths have to change together.',
    )
  })

  test('age and staleness', () => {
    expect(lensTooltip(shown(layer(), { run: { ended: ENDED } }))).toContain('Last measured in the run that ended Jan ')
    const stale = lensTooltip(shown(layer(), { stale: true }))
    expect(stale).toContain('The definition, or what its width comes from, was edited since the run started')
    expect(stale).not.toContain('24 units')
  })

  test('of several layers: each in a line, at most twelve', () => {
    const layers = Array.from({ length: 14 }, (_, i) => shown(layer({ id: `d${i}` })))
    const lines = lensTooltipOfSeveral(layers).split('\n')
    expect(lines).toHaveLength(14)
    expect(lines[0]).toBe('d0: 12 % saturated · 15 of 128 dimensions · about 44 of 128 used')
    expect(lines.slice(12)).toEqual(['and 2 more', 'Click to choose one.'])
  })
})
