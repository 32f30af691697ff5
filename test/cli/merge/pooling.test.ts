import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { mergeRuns, type MergedRun } from '../../../src/cli/merge/mergeRuns.ts'
import { poolWindows } from '../../../src/cli/merge/poolWindows.ts'
import { readCovariances, writeCovariances, type KeptCovariance } from '../../../src/learned/covariancesFile.ts'
import { Layer } from '../../../src/protocol/layer.ts'
import type { MeasureOptions } from '../../../src/protocol/measureOptions.ts'
import { fold } from '../../../src/run/fold.ts'
import { emptyRun } from '../../../src/run/state.ts'
import { Covariance } from '../../../src/saturation/covariance.ts'
import { measure } from '../../../src/saturation/measure.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-pooling-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a process keeps of a layer. @param represented rows that those stand for; as many as there are when left out */
function kept(rows: readonly number[], width: number, represented = rows.length / width): KeptCovariance {
  const covariance = new Covariance(width)
  covariance.addRows(rows)
  const observations = covariance.count
  const known = { layer: 'hidden', split: 'train', rejected: 0, epoch: 0 } as const
  return {
    ...known,
    ...{ observations, effective: observations, represented },
    steps: { first: 1, last: 4, epochs: 1 },
    covariance,
  }
}

/** Rows of several processes, each with rows of one width. */
const parts = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.record({
    width: fc.constant(width),
    parts: fc.array(
      fc
        .array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: width * 3, maxLength: width * 12 })
        .map((values) => values.slice(0, values.length - (values.length % width))),
      { minLength: 2, maxLength: 4 },
    ),
  }),
)

describe('covariances of several processes', () => {
  it('merge, in any grouping and through a file, to the covariance of all their rows', () => {
    const file = path.join(folder, 'kept.covariances.safetensors')
    fc.assert(
      fc.property(parts, ({ width, parts: rows }) => {
        const whole = kept(rows.flat(), width)
        const windows = rows.map((each) => kept(each, width))
        const [first, ...others] = windows
        writeCovariances(file, [first!, poolWindows(others)])
        const read = readCovariances(file)
        for (const pooled of [poolWindows(windows), poolWindows(read), poolWindows(windows.toReversed())]) {
          expect(pooled.observations).toBe(whole.observations)
          expect(pooled.effective).toBeCloseTo(whole.effective, 6)
          const scale = Math.max(1, whole.covariance.trace())
          pooled.covariance
            .matrix()
            .forEach((value, i) => expect(Math.abs(value - whole.covariance.matrix()[i]!)).toBeLessThan(1e-9 * scale))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('weigh as much as the rows that were sampled stand for', () => {
    // One process has measured all of its 4 rows, the other 2 of 8, which it has 4 times each.
    const all = [1, 2, 5, 3, 1, 8, 2, 2]
    const few = [7, 1, 3, 9]
    const pooled = poolWindows([kept(all, 2), kept(few, 2, 8)])
    const whole = kept([...all, ...few, ...few, ...few, ...few], 2)
    const expected = whole.covariance.matrix()
    pooled.covariance.matrix().forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9))
    expect(pooled.observations).toBe(6)
    // 12² / (4² / 4 + 8² / 2): less than 6, because two rows weigh four times as much as the others.
    expect(pooled.effective).toBeCloseTo(4, 9)
    expect(measure(pooled.covariance, 0.99).k).toBe(measure(whole.covariance, 0.99).k)
  })

  it('are read only from a whole file of them', () => {
    const file = path.join(folder, 'damaged.covariances.safetensors')
    writeCovariances(file, [kept([1, 2, 3, 4], 2)])
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.subarray(0, -8))
    expect(() => readCovariances(file)).toThrow('the file is damaged: it has another length than its header says')
    writeFileSync(file, bytes.toString('latin1').replace('width\\":2', 'width\\":3'), 'latin1')
    expect(() => readCovariances(file)).toThrow(
      'the file is damaged: the covariance of hidden is not that of its width',
    )
  })
})

describe('runs that differ', () => {
  const rows = [1, 2, 5, 3, 1, 8, 2, 2]

  function run(
    log: string,
    window: KeptCovariance[],
    as: Partial<Layer> = {},
    delta = 0.99,
    measured?: MeasureOptions,
  ): MergedRun {
    const state = emptyRun()
    const nothing = { site: null, outputShape: null, parameters: 4, inbound: [], isOutput: false, notMeasured: null }
    const layer: Layer = {
      ...nothing,
      id: 'hidden',
      name: 'hidden',
      kind: 'Dense',
      width: 2,
      widthProperty: 'units',
      activation: 'relu',
      ...as,
    }
    fold(state, { type: 'model', seq: 0, by: 'trainer', time: 0, layers: [layer] })
    const known = { pid: 1, versions: {}, backend: 'cpu', ...(measured ? { measure: measured } : {}) }
    fold(state, { type: 'attached', seq: 1, by: 'trainer', time: 0, delta, ...known })
    return { log, state, kept: window }
  }
  const merged = (...second: Parameters<typeof run> extends [string, ...infer Rest] ? Rest : never) =>
    mergeRuns([run('a', [kept(rows, 2)]), run('b', ...second)])

  it('say which layer is missing where', () => {
    expect(merged([])).toEqual({ windows: [], notes: ['hidden is left out: b did not keep its covariance.'] })
    const { windows, notes } = merged([kept(rows, 2), { ...kept(rows, 2), layer: 'other', split: 'eval' }])
    expect(windows).toHaveLength(1)
    expect(notes).toEqual(['other in evaluations is left out: a and b did not keep its covariance.'])
  })

  it('say which widths, parts of the network, options and deltas they have', () => {
    expect(merged([kept(rows, 4)]).notes).toEqual([
      'hidden is left out: the runs have different widths: 2 in a, 4 in b.',
    ])
    expect(merged([kept(rows, 2)], { measuredBehind: 'relu1', activation: null }).notes).toEqual([
      'hidden is left out: the runs have different parts of the network: Dense with relu in a, Dense, measured behind relu1 in b.',
    ])
    const other = merged([kept(rows, 2)], {}, 0.9)
    expect(other.notes).toEqual([
      'The runs have different deltas: 0.99 in a, 0.9 in b. The pooled k is counted at that of the first.',
    ])
    expect(other.windows).toHaveLength(1)
    const late = { ...kept(rows, 2), steps: { first: 5, last: 8, epochs: 1 } }
    expect(merged([late]).notes).toEqual([
      'hidden: the runs have different windows: steps 1–4 in a, steps 5–8 in b. Weights have moved in between, which widens the spectrum.',
    ])
  })
})
