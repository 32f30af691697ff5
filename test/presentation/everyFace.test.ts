import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import type { VerdictKind } from '../../src/advice/verdictKind.ts'
import { renderReport } from '../../src/cli/report/renderReport.ts'
import { renderBars } from '../../src/cli/run/bars.ts'
import { lensTitle } from '../../src/presentation/layer/lensTitle.ts'
import { lensTooltip } from '../../src/presentation/layer/lensTooltip.ts'
import { panelRow } from '../../src/presentation/layer/panelRow.ts'
import { summarise } from '../../src/presentation/layer/summary.ts'
import { reportOf } from '../../src/report/report.ts'
import { RunDigest } from '../../src/report/runDigest.ts'
import type { LayerState, RunState } from '../../src/run/state.ts'
import { ended, ENDED, layer, measurement, runOf } from './layers.ts'
import { balanced, proofOf } from './proofs.ts'

const plain = createColors(false)
const HELD = '15 of 128 dimensions hold 99 % of the variance, over 12,800 observations.'

interface Case {
  kind: VerdictKind
  layer: LayerState
  others?: LayerState[]
  run?: Partial<RunState>
  lens: string | null
  word: string
  percent: string | null
  /** k and width as sentences have them. */
  dimensions: string | null
  /** The same in columns, where a column has less of it. */
  columns?: string
  evidence: string
  advice?: string
  /** Values of k while it moves. */
  range?: string
  /** The width that the layer was narrowed from. */
  narrowedFrom?: number
  /** What a proof says of its width, and the width. */
  proven?: { words: string; width: number }
  /** What limits it, as JSON has it. */
  limitedBy?: string
  /** What follows from that, in the hover and in the panel. */
  explanation?: string
}

/** One of two convolutions that an Add joins; a second model names its layer like the first, which makes its id another. */
const merged = layer({ id: 'a', kind: 'Conv2D', widthProperty: 'filters' })
const partner = layer({ id: 'b (2)', name: 'b', kind: 'Conv2D', widthProperty: 'filters' })
const add = layer(
  { id: 'sum', kind: 'Add', inbound: ['a', 'b (2)'], parameters: 0, notMeasured: 'it has no weights' },
  null,
)

/** Its two units are inputs of another layer, behind an activation layer. */
const latent = layer({ id: 'latent (2)', name: 'latent', widthProperty: 'units' }, { width: 2, k: 2 })
const relu = layer(
  { id: 'relu (2)', name: 'relu', kind: 'ReLU', parameters: 0, notMeasured: 'it has no weights' },
  null,
)

const LIMITED = {
  kind: 'limited',
  percent: '12 %',
  dimensions: '15 of 128 dimensions',
  evidence: HELD,
} as const
const tooWide = 'that so few dimensions are in use does not mean that the layer is too wide.'

const PROVEN = { words: '44 of 128 units keep val_acc 98.6 % (−0.1)', width: 44 }
const BASIS =
  `${PROVEN.words}: measured in the balanced plan, without further training, on 500 examples of the validation data. ` +
  'The difference is −0.4 to +0.2 points with 95 % confidence.'
const NO_TRAINING: Partial<RunState> = {
  attached: { pid: 1, delta: 0.99, versions: {}, backend: 'tensorflow', trains: false },
  inherited: { from: 'first.jsonl', layers: [] },
}
const UNDERUSED = {
  kind: 'underused',
  word: 'underused',
  percent: '12 %',
  dimensions: '15 of 128 dimensions',
  evidence: HELD,
} as const

const CASES: Record<string, Case> = {
  'underused, and narrowed by a proof': {
    ...UNDERUSED,
    layer: layer(),
    run: { proof: proofOf([['dense_1']], [balanced({ dense_1: 44 })]) },
    lens: `$(warning) 12 % saturated · 15 of 128 dimensions · ${PROVEN.words}`,
    proven: PROVEN,
    explanation: BASIS,
  },
  'underused, and kept wide by a proof': {
    ...UNDERUSED,
    layer: layer(),
    run: {
      proof: proofOf([], [balanced({})], {
        groups: [{ layers: ['dense_1'], width: 128, kept: 'no weight takes its units', curve: [] }],
      }),
    },
    lens: '$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used',
    advice: 'about 44 of 128 used',
    explanation: 'The proof keeps its width: no weight takes its units.',
  },
  'underused, and left as it is by a proof': {
    ...UNDERUSED,
    layer: layer(),
    run: { proof: proofOf([['dense_1']], [balanced({ other: 2 })]) },
    lens: '$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used',
    advice: 'about 44 of 128 used',
    explanation:
      'The balanced plan of the proof keeps its 128 units: with 64 alone, val_acc is 97.1 % instead of 98.8 %.',
  },
  'healthy, and narrowed by a proof together with another': {
    kind: 'healthy',
    layer: layer({}, { k: 64 }),
    others: [layer({ id: 'b (2)', name: 'b' })],
    run: { proof: proofOf([['dense_1', 'b (2)']], [balanced({ dense_1: 44, 'b (2)': 44 })]) },
    lens: `50 % saturated · 64 of 128 dimensions · ${PROVEN.words}`,
    word: 'healthy',
    percent: '50 %',
    dimensions: '64 of 128 dimensions',
    evidence: '64 of 128 dimensions hold 99 % of the variance, over 12,800 observations.',
    proven: PROVEN,
    explanation: 'One width for dense_1, b.',
  },
  'limited, and narrowed by a proof': {
    ...LIMITED,
    layer: layer({ limit: { count: 9, by: 'inputs', layer: null } }),
    run: { proof: proofOf([['dense_1'], ['c']], [balanced({ dense_1: 44, c: 2 })]) },
    lens: `12 % saturated · 15 of 128 dimensions · limited by its 9 inputs · ${PROVEN.words}`,
    word: 'limited by its 9 inputs',
    limitedBy: '9 inputs',
    proven: PROVEN,
    explanation: BASIS.replace('plan,', 'plan, with all other layers that the plan narrows at once,'),
  },
  'never trained, and narrowed by a proof with the weights of another run': {
    kind: 'not trained',
    layer: layer({ eval: measurement({ split: 'eval', k: 16 }) }, null),
    run: { ...NO_TRAINING, proof: proofOf([['dense_1']], [balanced({ dense_1: 44 })]) },
    lens: `13 % saturated in evaluation · not trained · ${PROVEN.words}`,
    word: 'not trained',
    percent: null,
    dimensions: null,
    evidence: 'No training: weights of first.jsonl.',
    proven: PROVEN,
    explanation: BASIS,
  },
  'limited by its inputs': {
    ...LIMITED,
    layer: layer({ limit: { count: 9, by: 'inputs', layer: null } }),
    lens: '12 % saturated · 15 of 128 dimensions · limited by its 9 inputs',
    word: 'limited by its 9 inputs',
    limitedBy: '9 inputs',
    explanation: `With its 9 inputs, its output has at most 9 independent directions before its activation: ${tooWide}`,
  },
  'limited by classes': {
    ...LIMITED,
    layer: layer({ limit: { count: 10, by: 'classes', layer: null }, activation: null }),
    lens: '12 % saturated · 15 of 128 dimensions · limited by its 10 classes',
    word: 'limited by its 10 classes',
    limitedBy: '10 classes',
    evidence: `${HELD} At any one time its inputs allow 9 independent directions: k is larger because the weights moved within the window.`,
    explanation: `With its 10 classes, its output has at most 9 independent directions: ${tooWide}`,
  },
  'limited by a vocabulary': {
    ...LIMITED,
    layer: layer({ kind: 'Embedding', activation: null, limit: { count: 17, by: 'vocabulary', layer: null } }),
    lens: '12 % saturated · 15 of 128 dimensions · limited by its vocabulary of 17',
    word: 'limited by its vocabulary of 17',
    limitedBy: 'vocabulary of 17',
    explanation: `With its vocabulary of 17, its output has at most 16 independent directions: ${tooWide}`,
  },
  "limited by another layer's vocabulary": {
    ...LIMITED,
    layer: layer({ limit: { count: 17, by: 'vocabulary', layer: 'latent (2)' } }),
    others: [latent],
    lens: '12 % saturated · 15 of 128 dimensions · limited by the vocabulary of 17 of latent',
    word: 'limited by the vocabulary of 17 of latent',
    limitedBy: 'the vocabulary of 17 of latent',
    explanation: `With the vocabulary of 17 of latent, its output has at most 16 independent directions: ${tooWide}`,
  },
  'limited by the layer before it': {
    ...LIMITED,
    layer: layer({ limit: { count: 2, by: 'layer', layer: 'latent (2)' } }),
    others: [latent],
    lens: '12 % saturated · 15 of 128 dimensions · limited by the 2 units of latent',
    word: 'limited by the 2 units of latent',
    limitedBy: 'the 2 units of latent',
    explanation: `With the 2 units of latent, its output has at most 2 independent directions before its activation: ${tooWide}`,
  },
  'judged behind a separate activation': {
    kind: 'underused',
    layer: layer({ measuredBehind: 'relu (2)', activation: null }),
    others: [relu],
    lens: '$(warning) 12 % saturated · 15 of 128 dimensions behind relu · about 44 of 128 used',
    word: 'underused',
    percent: '12 %',
    dimensions: '15 of 128 dimensions behind relu',
    columns: '15/128',
    evidence: `${HELD} It is judged behind relu.`,
    advice: 'about 44 of 128 used',
  },
  underused: {
    kind: 'underused',
    layer: layer(),
    lens: '$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used',
    word: 'underused',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: HELD,
    advice: 'about 44 of 128 used',
  },
  'an underused embedding': {
    kind: 'underused',
    layer: layer({ kind: 'Embedding', widthProperty: 'outputDim' }),
    lens: '$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used',
    word: 'underused',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: HELD,
    advice: 'about 44 of 128 used',
  },
  'underused, merged with another': {
    kind: 'underused',
    layer: merged,
    others: [partner, add],
    lens: '$(warning) 12 % saturated · 15 of 128 dimensions · about 44 of 128 used',
    word: 'underused',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: HELD,
    advice: 'about 44 of 128 used',
  },
  'underused without a width to set': {
    kind: 'underused',
    layer: layer({ kind: 'DepthwiseConv2D', widthProperty: null }),
    lens: '$(warning) 12 % saturated · 15 of 128 dimensions · underused',
    word: 'underused',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: HELD,
  },
  'underused by an estimate': {
    kind: 'underused',
    layer: layer({ id: 'sketched' }, { bounds: { low: 12, high: 20 } }),
    lens: '$(warning) about 12 % saturated · about 15 of 128 dimensions · about 52 of 128 used',
    word: 'underused',
    percent: 'about 12 %',
    dimensions: 'about 15 of 128 dimensions',
    evidence: `About ${HELD} The number is estimated from a sketch of the covariance and lies between 12 and 20.`,
    advice: 'about 52 of 128 used',
  },
  'underused, and narrowed by an override': {
    kind: 'underused',
    layer: layer({ sourceWidth: 320 }),
    lens: '12 % saturated · 15 of 128 dimensions · narrowed from 320',
    word: 'underused',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: HELD,
    narrowedFrom: 320,
  },
  'underused, and narrowed since an earlier run': {
    kind: 'underused',
    layer: layer({ earlier: { layer: 'dense_1', width: 320, estimate: 128 } }),
    lens: '12 % saturated · 15 of 128 dimensions · narrowed from 320',
    word: 'underused',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: HELD,
    narrowedFrom: 320,
  },
  healthy: {
    kind: 'healthy',
    layer: layer({}, { k: 64 }),
    lens: '50 % saturated · 64 of 128 dimensions',
    word: 'healthy',
    percent: '50 %',
    dimensions: '64 of 128 dimensions',
    evidence: '64 of 128 dimensions hold 99 % of the variance, over 12,800 observations.',
  },
  crowded: {
    kind: 'crowded',
    layer: layer({}, { k: 127 }),
    lens: '$(flame) 99.2 % saturated · 127 of 128 dimensions · crowded',
    word: 'crowded',
    percent: '99.2 %',
    dimensions: '127 of 128 dimensions',
    evidence: '127 of 128 dimensions hold 99 % of the variance, over 12,800 observations.',
  },
  settling: {
    kind: 'settling',
    layer: layer({ windows: ended(40, 64, 88) }),
    lens: '$(watch) 12 % saturated · 15 of 128 dimensions · settling, 40–88 over 3 epochs',
    word: 'settling',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: HELD,
    range: '40–88 over 3 epochs',
  },
  'not settled when the run ended': {
    kind: 'settling',
    layer: layer({ windows: ended(120) }, { k: 120 }),
    run: { phase: 'ended', ended: ENDED },
    lens: '$(watch) 94 % saturated · 120 of 128 dimensions · not settled, 120 after 1 epoch',
    word: 'not settled',
    percent: '94 %',
    dimensions: '120 of 128 dimensions',
    evidence: '120 of 128 dimensions hold 99 % of the variance, over 12,800 observations.',
    range: '120 after 1 epoch',
  },
  output: {
    kind: 'output',
    layer: layer({ isOutput: true }),
    lens: '12 % saturated · 15 of 128 dimensions · output layer',
    word: 'output',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: `${HELD} The output layer's width is set by the task.`,
  },
  dead: {
    kind: 'dead',
    layer: layer({}, { status: 'constant', k: 0, trace: 0 }),
    lens: '$(circle-slash) 0 of 128 dimensions · dead, its output does not vary',
    word: 'dead',
    percent: '0 %',
    dimensions: '0 of 128 dimensions',
    evidence: 'The output did not vary over 12,800 observations.',
  },
  provisional: {
    kind: 'provisional',
    layer: layer({}, { observations: 300 }),
    lens: '$(watch) 12 % saturated so far · provisional, 300 of 1,280 observations',
    word: 'provisional',
    percent: '12 %',
    dimensions: '15 of 128 dimensions',
    evidence: 'Only 300 observations; 10 for each of 128 dimensions are needed to judge.',
  },
  'non-finite': {
    kind: 'non-finite',
    layer: layer({}, { status: 'nonFinite', k: 0, rejected: 3 }),
    lens: '$(error) NaN or infinity in 3 observations',
    word: 'NaN or infinity',
    percent: null,
    dimensions: null,
    evidence: '3 observations held NaN or infinity and were left out.',
  },
  'warming up': {
    kind: 'warming up',
    layer: layer({}, { status: 'tooFew', k: 0, observations: 1 }),
    lens: '$(watch) warming up',
    word: 'warming up',
    percent: null,
    dimensions: null,
    evidence: 'There are fewer than two observations so far.',
  },
  'warming up when the run ended': {
    kind: 'warming up',
    layer: layer({}, { status: 'tooFew', k: 0, observations: 1 }),
    run: { phase: 'ended', ended: ENDED },
    lens: 'no data: the run ended first',
    word: 'no data',
    percent: null,
    dimensions: null,
    evidence: 'There are fewer than two observations so far.',
  },
  'not trained': {
    kind: 'not trained',
    layer: layer({ eval: measurement({ split: 'eval', k: 16 }) }, null),
    lens: '13 % saturated in evaluation · not trained',
    word: 'not trained',
    percent: null,
    dimensions: null,
    evidence: 'Only evaluations have been measured: no training step so far.',
  },
  'not measured': {
    kind: 'not measured',
    layer: layer({ notMeasured: 'its output is int32, not float32' }, null),
    lens: 'not measured: its output is int32, not float32',
    word: 'not measured',
    percent: null,
    dimensions: null,
    evidence: 'its output is int32, not float32',
  },
}

describe.each(Object.entries(CASES))('%s', (_, expected) => {
  const { layer: state, kind, word, advice, range, percent, dimensions, evidence } = expected
  const run = runOf([state, ...(expected.others ?? [])], expected.run)
  const summary = summarise(run, state)
  const report = reportOf(new RunDigest(run))
  const narrowed = expected.narrowedFrom === undefined ? undefined : `narrowed from ${expected.narrowedFrom}`
  const proven = expected.proven?.words
  const detail = proven ?? advice ?? narrowed ?? range
  const cell = detail ? `${word}, ${detail}` : word
  // Tables have the numbers in a short form.
  const columns = (): string => expected.columns ?? short(dimensions ?? '')
  const short = (text: string): string => text.replace('about ', '≈ ').replace(' of ', '/').replace(' dimensions', '')

  it('has the verdict', () => expect(summary.verdict).toBe(kind))

  it('in the lens', () => {
    expect(lensTitle(summary)).toBe(expected.lens)
  })

  it('in the hover', () => {
    expect(lensTooltip(summary).split('\n')).toContain(evidence)
    const isMerged = expected.layer === merged
    if (expected.explanation) expect(lensTooltip(summary).split('\n')).toContain(expected.explanation)
    expect(lensTooltip(summary).includes('widths have to change together')).toBe(isMerged)
    const isNarrowed = narrowed !== undefined
    expect(lensTooltip(summary).includes('compare the two runs before narrowing it further')).toBe(isNarrowed)
  })

  it("in the panel's row", () => {
    const row = panelRow(summary)
    const numbers = percent === null ? '' : `saturation ${percent}, ${dimensions}, `
    expect(row.sentence).toBe(
      `${state.name}, ${state.kind}, ${numbers}${(proven ?? narrowed ?? range) ? `${word}, ${proven ?? narrowed ?? range}` : word}`,
    )
    expect(row.proven).toBe(proven ?? '')
    expect(row.percent).toBe(percent === null ? '–' : short(percent))
    expect(row.dimensions).toBe(columns())
    expect(row.details[0]).toBe(evidence)
    if (expected.explanation) expect(row.details).toContain(expected.explanation)
    const advised = row.details.filter((sentence) => sentence.startsWith('About ') && sentence.includes('used: '))
    expect(advised).toHaveLength(advice ? 1 : 0)
    if (advice) expect(advised[0]).toMatch(new RegExp(`^A${advice.slice(1)}: `))
  })

  it("in the terminal's bars", () => {
    const [, line = ''] = renderBars(run, { columns: 200, rows: 24 }, plain)
    if (kind === 'not measured') return expect(line).toBe('')
    expect(line.endsWith(`  ${cell}`)).toBe(true)
    if (dimensions !== null) expect(line).toContain(`  ${columns()} `)
  })

  it("in the report's table and as JSON", () => {
    const row = report.layers.find(({ id, split }) => id === state.id && split === 'train')
    const table = renderReport(report, plain)
    if (!row) {
      // No training measurement, no row: the layer is named with the reason, or with its evaluation.
      expect(['not measured', 'not trained']).toContain(kind)
      return expect(table).toContain(kind === 'not trained' ? word : `Not measured (${evidence}): ${state.name}`)
    }
    expect(table.split('\n').some((line) => line.startsWith(`${state.name} `) && line.endsWith(`  ${cell}`))).toBe(true)
    expect(row).toMatchObject({ verdict: kind, evidence, settlingRange: range ?? null })
    const plan = expected.proven && { width: expected.proven.width, plan: 'balanced', words: proven }
    expect(row.proven).toEqual(plan ?? null)
    // The estimate stays in the JSON beside what is proven.
    const estimated = advice ?? (plan && kind === 'underused' ? 'about 44 of 128 used' : null)
    expect(row.advice).toBe(estimated)
    expect(row.limitedBy).toBe(expected.limitedBy ?? null)
    expect(row.measuredBehind).toBe(expected.columns ? 'relu' : null)
    expect(table.includes('separate activation: dense_1 behind relu')).toBe(row.measuredBehind !== null)
    expect(row.recommendedWidth).toBe(estimated ? (state.id === 'sketched' ? 52 : 44) : null)
    expect(row.narrowedFrom).toBe(expected.narrowedFrom ?? null)
    expect(row.partners).toEqual(expected.layer === merged ? ['b'] : [])
  })

  it('by the names people know', () => {
    const faces = [lensTitle(summary), lensTooltip(summary), ...panelRow(summary).details, renderReport(report, plain)]
    expect(faces.join('\n')).not.toContain(' (2)')
  })
})

it('every verdict is among the cases', () => {
  const kinds: Record<VerdictKind, true> = {
    'not measured': true,
    'not trained': true,
    'warming up': true,
    'non-finite': true,
    provisional: true,
    dead: true,
    output: true,
    underused: true,
    limited: true,
    crowded: true,
    settling: true,
    healthy: true,
  }
  expect(new Set(Object.values(CASES).map(({ kind }) => kind))).toEqual(new Set(Object.keys(kinds)))
})
