import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ComparisonJson } from '../../../src/report/comparisonJson.ts'
import { saturation } from '../saturation.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../../fixtures/scripts/rightsize/wide.cjs')
const cwd = mkdtempSync(path.join(os.tmpdir(), 'saturation-try-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
const trainings = (): number => readFileSync(path.join(cwd, 'count'), 'utf8').trim().split('\n').length

describe('saturation try', () => {
  it('compares candidates with the script as it is, and goes on after one that throws', async () => {
    // Below 12 units in the first layer the script throws.
    const study = ['--candidate', 'hidden.units=6', '--candidate', 'second.units=4', '--seeds', '3']
    const ended = await saturation(['try', '--json', ...study, SCRIPT, 'count', '12'], { cwd })
    expect(ended.code, ended.stderr).toBe(0)
    const result = JSON.parse(ended.stdout) as ComparisonJson & { recommended: string; command: string }
    const [baseline, failing, narrow] = result.networks
    // The script fixes its random numbers, so its second training shows that no further one is worth it.
    expect([baseline!.runs, failing!.runs, narrow!.runs]).toEqual([2, 1, 1])
    expect(trainings()).toBe(4)
    expect(failing).toMatchObject({ name: 'hidden.units=6', value: null })
    expect(failing!.failed).toContain('6 units are too few')
    expect(narrow).toMatchObject({ name: 'second.units=4', failed: null, parameters: 6 * 24 + 24 + 25 * 4 + 5 })
    expect(narrow!.inherits).toContain('baseline.jsonl')
    expect(result.recommended).toBe('second.units=4')
    expect(result.command).toContain(
      'saturation run --set second.units=4 --inherit .saturation/try/wide/baseline.jsonl',
    )

    const again = await saturation(['try', ...study, SCRIPT, 'count', '12'], { cwd })
    expect(trainings()).toBe(4)
    expect(again.stdout).toContain('The 2 runs of baseline gave the same val_acc')
    expect(again.stdout).toMatch(/To apply it, change in the source: second\.units = 4 \(.*wide\.cjs:\d+\)/)
  })

  it('says in a sentence what is missing', async () => {
    const nothing = await saturation(['try', SCRIPT], { cwd })
    expect(nothing).toMatchObject({ code: 2, stdout: '' })
    expect(nothing.stderr).toContain('Nothing is to be tried')
    const wrong = await saturation(['try', '--candidate', 'hidden.units=4,second', SCRIPT], { cwd })
    expect(wrong.code).toBe(2)
  })
})
