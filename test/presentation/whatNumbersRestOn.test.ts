import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { renderReport } from '../../src/cli/report/renderReport.ts'
import { definitionText } from '../../src/presentation/definitionText.ts'
import { summarise } from '../../src/presentation/layer/summary.ts'
import { reportOf } from '../../src/report/report.ts'
import { RunDigest } from '../../src/report/runDigest.ts'
import type { LayerState } from '../../src/run/state.ts'
import { ENDED, layer, runOf } from './layers.ts'

const plain = createColors(false)

function reported(...layers: LayerState[]) {
  const run = runOf(layers, { phase: 'ended', ended: { ...ENDED, time: 2_000_000 } })
  const report = reportOf(new RunDigest(run))
  return { report, table: renderReport(report, plain) }
}

describe('the table', () => {
  it('has the bounds of an estimate only where enough was seen for them to be bounds of the layer', () => {
    const bounds = { low: 12, high: 20 }
    expect(reported(layer({}, { bounds })).table).toContain('≈ 15 (12–20)')
    const early = layer({}, { bounds, observations: 300, seen: 300 })
    const { table } = reported(early)
    expect(table).toContain('≈ 15')
    expect(table).not.toContain('(12–20)')
    expect(JSON.stringify(summarise(runOf([early]), early))).not.toContain('between 12')
  })

  it('says why k is above what the vocabulary or the inputs allow', () => {
    const limit = { count: 10, layer: null }
    const table = layer({ id: 'words', activation: null, limit: { ...limit, by: 'vocabulary' } })
    const matrix = layer({ id: 'matrix', activation: null, limit: { ...limit, by: 'inputs' } })
    const within = layer({ id: 'within', activation: null, limit: { count: 20, by: 'inputs', layer: null } })
    const { table: text } = reported(table, matrix, within)
    expect(text).toContain('words: At any one time its vocabulary allows 9 independent directions')
    expect(text).toContain('matrix: At any one time its inputs allow 10 independent directions')
    expect(text).not.toContain('within: ')
  })

  it('counts the examples that the budget has left out', () => {
    const state = layer({}, { observations: 21_760, seen: 140_000 })
    expect(reported(state).report.layers[0]!.sampledShare).toBeCloseTo(21_760 / 140_000)
    expect(definitionText(runOf([state]))).toContain('sampled 16 % of observations')
  })
})
