import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { progressLine, renderBars } from '../../src/cli/run/bars.ts'
import { RunDigest } from '../../src/report/runDigest.ts'
import { reportOf } from '../../src/report/report.ts'
import { renderReport } from '../../src/cli/report/renderReport.ts'
import type { RunState } from '../../src/run/state.ts'
import { ENDED, layer, measurement, runOf } from '../presentation/layers.ts'

const plain = createColors(false)

/** A run of layers of width 64 in which layer i needs `ks[i]` dimensions, measured in both splits. */
function trained(ks: number[], parts: Partial<RunState> = {}): RunState {
  const layers = ks.map((k, i) => {
    const spectrum = { head: Array.from({ length: 64 }, (_, j) => (j < k ? 1 : 0)), tail: [] }
    const id = `dense_with_a_name_that_is_long_${i}`
    const measured = { layer: id, width: 64, k, observations: 640, seen: 640, spectrum }
    return layer(
      { id, width: 64, site: SITE, eval: measurement({ ...measured, split: 'eval', observations: 100 }) },
      measured,
    )
  })
  const progress = { step: 7, epoch: 0, epochs: 2, stepInEpoch: 7, stepsPerEpoch: 10, loss: 0.123456 }
  return runOf(layers, { progress, ...parts })
}

const SITE = { file: '/project/src/model.js', line: 12, column: 5 }

describe('the live bars', () => {
  it('have the same scale, whatever text follows them', () => {
    const lines = renderBars(trained([64, 32, 8]), { columns: 95, rows: 24 }, plain)
    expect(lines[0]).toBe('Epoch 1/2 · step 7 · loss 0.123')
    const lengths = lines.slice(1).map((line) => /█+/.exec(line)![0].length)
    expect(lengths[0]).toBe(2 * lengths[1]!)
    expect(Math.abs(lengths[0]! / 8 - lengths[2]!)).toBeLessThan(1)
    expect(lines[3]).toMatch(/_long_2 .* 13 % {2}8\/64 +underused, about 22 of 64 used$/)
  })

  it('name the overrides beside the progress, unless the run’s name above them does', () => {
    const overrides = [{ layer: 'hidden2', property: 'units', value: 104 }]
    const [line] = renderBars(trained([64], { overrides }), { columns: 95, rows: 24 }, plain)
    expect(line).toBe('Epoch 1/2 · step 7 · loss 0.123 · with hidden2.units = 104')
    const waiting = runOf([], { overrides: Array<(typeof overrides)[0]>(9).fill(overrides[0]!) })
    expect(progressLine(waiting)).toBe('Waiting for a model · with hidden2.units = 104, hidden2.units…')
    expect(progressLine(waiting, true)).toBe('Waiting for a model')
  })

  it('name the reduced sampling, and so does the report', () => {
    const sampling = { rowsPerFeature: 1, layerStride: 4 }
    const run = trained([64], { overhead: { share: 0.03, monitorMs: 90, trainingMs: 3000, sampling } })
    const words = 'measuring up to 1 of 8 observations per dimension, each layer in 1 of 4 steps'
    expect(renderBars(run, { columns: 160, rows: 24 }, plain)[0]).toBe(
      `Epoch 1/2 · step 7 · loss 0.123 · monitor 3 % · ${words}`,
    )
    const report = reportOf(new RunDigest(run))
    expect(renderReport(report, plain)).toContain(`Monitor: 3 % of the training time, ${words}.`)
    expect(report.run.overhead?.sampling).toEqual(sampling)
  })

  it('mark an estimate, and the report gives its bounds', () => {
    const run = trained([8])
    for (const split of ['train', 'eval'] as const) run.layers[0]![split]!.bounds = { low: 6, high: 12 }
    expect(renderBars(run, { columns: 160, rows: 24 }, plain)[1]).toContain('≈ 8/64')
    const report = reportOf(new RunDigest(run))
    expect(report.layers[0]).toMatchObject({ method: 'sketch', k: 8, kLow: 6, kHigh: 12 })
    expect(renderReport(report, plain)).toContain('≈ 8 (6–12) / 64')
    expect(renderReport(report, plain)).toContain('≈ estimated from a sketch')
  })

  it.each([20, 40, 60, 80, 140])('fit into %d columns, and shortened names keep their ends', (columns) => {
    const lines = renderBars(trained([64, 32, 8]), { columns, rows: 24 }, plain)
    expect(lines).toHaveLength(4)
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns)
    expect(lines[2]).toMatch(/^dens\S*…\S*1 /)
  })

  it('leave the last row to the cursor, and count the layers for which there is no room', () => {
    const many = Array.from({ length: 200 }, (_, i) => (i < 100 ? 32 : 8))
    const lines = renderBars(trained(many), { columns: 80, rows: 23 }, plain)
    expect(lines).toHaveLength(22)
    expect(lines.at(-1)).toBe('… and 180 more: 100 underused')
  })
})

describe('the table', () => {
  const table = (columns?: number): string[] => {
    const digest = new RunDigest(trained([64, 8], { ended: { ...ENDED, message: 'Training completed.' } }))
    return renderReport(reportOf(digest), plain, columns).split('\n')
  }

  it('has a line for each layer, with both splits', () => {
    expect(table()).toEqual([
      expect.stringMatching(/^Layer +Kind +Line +Train +Eval +k \/ width +Observations +Verdict$/),
      expect.stringMatching(/long_0 +Dense +\S*model\.js:12:5 +100 % +~100 % +64 \/ 64 +640 +crowded$/),
      expect.stringMatching(
        /long_1 +Dense +\S*model\.js:12:5 +13 % +~13 % +8 \/ 64 +640 +underused, about 22 of 64 used$/,
      ),
      '~ provisional: fewer than 10 observations per dimension',
      'Settled: dense_with_a_name_that_is_long_1 since step 10',
      'Training completed.',
    ])
  })

  it('says in one line of which layers the numbers are old, and nothing of windows that end a little apart', () => {
    const noteOf = (...lasts: number[]): string | undefined => {
      const run = trained(lasts.map(() => 32))
      for (const [i, last] of lasts.entries()) run.layers[i]!.train!.steps = { first: last - 99, last, epochs: 1 }
      return renderReport(reportOf(new RunDigest(run)), plain)
        .split('\n')
        .find((line) => line.startsWith('Older'))
        ?.replaceAll('dense_with_a_name_that_is_long_', '')
    }
    expect(noteOf(1000, 900)).toBeUndefined()
    expect(noteOf(1250, 1250, 2548)).toBe('Older numbers: 0, 1 (until step 1,250 of 2,548)')
    expect(noteOf(2548, ...Array.from({ length: 9 }, (_, i) => 100 * (i + 1)))).toBe(
      'Older numbers: 1, 2, 3, 4, 5, 6 and 3 more (until step 100–900 of 2,548)',
    )
  })

  it('leaves out columns in a narrow terminal', () => {
    const head = (columns: number): string => table(columns)[0]!
    expect(head(100)).not.toContain('Kind')
    expect(head(80)).toMatch(/^Layer +Train +Eval +k \/ width +Verdict$/)
    for (const line of table(80)) expect(line.length).toBeLessThanOrEqual(80)
  })
})
