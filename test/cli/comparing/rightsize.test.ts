import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RightsizeJson } from '../../../src/cli/rightsize/rightsizeJson.ts'
import type { Report } from '../../../src/report/report.ts'
import { reportOfLog, saturation, type Ended } from '../saturation.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../../fixtures/scripts/rightsize/wide.cjs')
const cwd = mkdtempSync(path.join(os.tmpdir(), 'saturation-rightsize-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
const rightsize = (...args: string[]): Promise<Ended> => saturation(['rightsize', ...args], { cwd })
const trainings = (file: string): number => readFileSync(path.join(cwd, file), 'utf8').trim().split('\n').length
const reportOf = (log: string): Promise<Report> => reportOfLog(path.join(cwd, log))

describe('saturation rightsize', () => {
  let first: Ended
  let result: RightsizeJson
  beforeAll(async () => {
    first = await rightsize('--json', '--from-scratch', SCRIPT, 'count')
    result = JSON.parse(first.stdout) as RightsizeJson
  })

  it('recommends a narrower network that holds, and prints nothing else', () => {
    expect(first.code, first.stderr).toBe(0)
    const { metric, better, baseline, frontier, recommended, tolerance } = result
    expect({ metric, better }).toEqual({ metric: 'val_acc', better: 'higher' })
    // 6·24 + 24 of hidden, 24·16 + 16 of second, 16 + 1 of output.
    expect(baseline.parameters).toBe(585)
    expect(frontier.length).toBeGreaterThan(0)
    expect(frontier.length).toBeLessThanOrEqual(4)
    for (const { widths, parameters, value } of frontier) {
      const { hidden = 24, second = 16 } = widths
      expect(parameters).toBe(7 * hidden + (hidden + 1) * second + second + 1)
      expect(value.inherited).toBeGreaterThan(0.5)
    }
    expect(recommended?.holds).toBe(true)
    expect(recommended!.value.inherited).toBeGreaterThanOrEqual(baseline.value! - tolerance - 1e-9)
    expect(recommended!.value.fromScratch).not.toBeNull()
  })

  it('trains narrower networks on the weights of the baseline, for half of its epochs', async () => {
    const command = result.recommended!.command.split(' ')
    expect(command).toContain('fit.epochs=2')
    const log = path.join('.saturation/rightsize/wide', 'balanced.jsonl')
    const { run } = await reportOf(log)
    expect(run.epochs).toHaveLength(2)
    expect(run.inherited?.layers.map(({ how }) => how)).toEqual(['narrowed', 'narrowed', 'narrowed'])
    const scratch = await reportOf(log.replace('balanced', `${nameOf(result)}-scratch`))
    expect(scratch.run.epochs).toHaveLength(4)
    expect(scratch.run.inherited).toBeNull()
  })

  it('does not repeat what was trained', async () => {
    const before = trainings('count')
    const again = await rightsize('--json', '--from-scratch', SCRIPT, 'count')
    expect(JSON.parse(again.stdout)).toEqual(result)
    expect(trainings('count')).toBe(before)
    const table = await rightsize(SCRIPT, 'count')
    expect(table.stdout).toContain(result.recommended!.command)
    expect(trainings('count')).toBe(before)
  })

  it('gives up a hopeless training, and reports one that throws with its reason', async () => {
    const command = ['--json', '--dir', 'failing', '--set', 'fit.epochs=40', SCRIPT, 'failures', '24']
    const ended = await rightsize(...command)
    expect(ended.code, ended.stderr).toBe(1)
    const { frontier, recommended } = JSON.parse(ended.stdout) as RightsizeJson
    expect(recommended).toBeNull()
    const hopeless = frontier.find(({ stopped }) => stopped === 'hopeless')
    expect(hopeless).toMatchObject({ name: 'balanced', holds: false, failed: null })
    expect(hopeless!.epochs).toBeLessThan(20)
    expect(frontier.find(({ failed }) => failed !== null)?.failed).toContain('units are too few')
    const { run } = await reportOf('failing/balanced.jsonl')
    expect(run).toMatchObject({ how: 'stopped', message: expect.stringContaining('Given up') as string })
    const before = trainings('failures')
    expect(JSON.parse((await rightsize(...command)).stdout)).toMatchObject({ frontier })
    expect(trainings('failures')).toBe(before)
  })

  it('narrows early, after the first epochs', async () => {
    const ended = await rightsize('--json', '--early', '--epochs', '6', '--dir', 'early', SCRIPT, 'early-count')
    const { baseline, frontier, recommended } = JSON.parse(ended.stdout) as RightsizeJson
    // So short a training may settle too late. The network then stays wide, which is no recommendation.
    const isNarrower = Object.keys(frontier[0]!.widths).length > 0
    expect(recommended !== null).toBe(isNarrower)
    expect(ended.code, ended.stderr).toBe(isNarrower ? 0 : 1)
    expect(baseline.value).toBeNull()
    expect(frontier[0]!.value.inherited).toBeGreaterThan(0.5)
    expect((await reportOf('early/early.jsonl')).run.epochs.map(({ epoch }) => epoch)).toEqual([3, 4, 5])
  })

  it('says in a sentence what is missing', async () => {
    const unknown = await rightsize('--early', '--dir', 'unknown', SCRIPT, 'no-count')
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(unknown.stderr).toContain('The number of epochs is not known yet: give it with --epochs')
    const metric = await rightsize('--metric', 'nonsense', SCRIPT, 'count')
    expect(metric.code).toBe(2)
    expect(metric.stderr).toMatch(/There is no metric nonsense\. The training reports (\w+, ){3}\w+\./)
  })
})

/** The name of the recommended network's training. */
function nameOf({ recommended, frontier }: RightsizeJson): string {
  expect(frontier.at(-1)).toEqual(recommended)
  return recommended!.name
}
