import { describe, expect, it } from 'vitest'
import { RunDigest } from '../../../src/report/runDigest.ts'
import { reportOf } from '../../../src/report/report.ts'
import { ofType, train } from '../training.ts'

/** Most reports of one layer's filling windows in a run of this length in ms, by the formula of docs/scale.md. */
const most = (ms: number): number => 2 + 64 * (1 + Math.max(0, Math.log(ms / (500 * 64))))

describe('a model of 200 layers', () => {
  it('has every layer reported under the budget, in a log and a report of bounded size', async () => {
    const { events, state, exitCode } = await train('pacing/deep.js', { args: ['20'], budget: 0.1 })
    expect([exitCode, state.problems]).toEqual([0, []])
    const reports = ofType(events, 'saturation').flatMap(({ layers }) => layers)
    expect(new Set(reports.map(({ layer }) => layer)).size).toBe(200)
    const length = events.at(-1)!.time - events[0]!.time
    for (const { id } of state.layers) {
      const own = reports.filter(({ layer }) => layer === id)
      // In addition, one report for each of two epochs and for the end of the process.
      expect(own.length).toBeLessThanOrEqual(most(length) + 3)
    }
    for (const report of reports) expect(JSON.stringify(report).length).toBeLessThanOrEqual(400 + 22 * report.width)
    expect(JSON.stringify(reportOf(new RunDigest(state))).length).toBeLessThan(200 * 2000)
  })
})

describe('memory', () => {
  it('is freed with the models that the program disposes of, once their last numbers are reported', async () => {
    const { stdout, events } = await train('pacing/dropped.js', { nodeArgs: ['--expose-gc'] })
    const [after5, after25] = JSON.parse(stdout) as [number, number]
    // Twenty covariances of 300 features would take 7 MB, and their waiting rows 12 MB.
    expect(after25 - after5).toBeLessThan(8 * 2 ** 20)
    const reports = ofType(events, 'saturation').flatMap(({ layers }) => layers)
    const reported = new Set(reports.map(({ layer }) => layer))
    for (let trial = 1; trial <= 25; trial++) expect(reported).toContain(`wide${trial}`)
  })
})
