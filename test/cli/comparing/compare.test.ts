import { readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ComparisonJson } from '../../../src/report/comparisonJson.ts'
import { saturation } from '../saturation.ts'

/** Logs of two trainings of `scripts/rightsize/wide.cjs`: as it is, and with 5 and 2 units. */
const cwd = path.resolve(import.meta.dirname, '../../fixtures/logs')
const compare = (...args: string[]) => saturation(['compare', ...args], { cwd })

describe('saturation compare', () => {
  it('shows metric, cost and layers before and after, and says what one run proves', async () => {
    const { code, stdout } = await compare('wide', 'narrow.jsonl')
    expect(code).toBe(0)
    expect(stdout).toMatch(/wide +95\.7 % +585 +46 ms/)
    expect(stdout).toMatch(/narrow +95\.0 % +−0\.7 +50 +91 % +57 ms {2}within noise/)
    expect(stdout).toContain('narrow: hidden.width = 5, second.width = 2')
    expect(stdout).toContain('One run against one run proves little')
    expect(stdout).toMatch(/hidden +Dense +24 → 5 +67 % → 100 % +healthy/)
  })

  it('prints data, and Markdown for a pull request', async () => {
    const json = JSON.parse(
      (await compare('wide,wide', 'narrow', '--json', '--metric', 'val_loss')).stdout,
    ) as ComparisonJson
    expect(json).toMatchObject({ metric: 'val_loss', better: 'lower', source: 'epochs' })
    expect(json.networks.map(({ runs }) => runs)).toEqual([2, 1])
    const file = path.join(os.tmpdir(), `saturation-compare-${process.pid}.md`)
    await compare('wide', 'narrow', '--markdown', file)
    const summary = readFileSync(file, 'utf8')
    rmSync(file)
    expect(summary).toContain('| narrow | 95.0 % | −0.7 | 50 |')
    expect(summary).toContain('<details><summary>Layers of narrow, beside wide</summary>')
  })

  it('says in a sentence what is wrong', async () => {
    const one = await compare('wide')
    expect(one).toMatchObject({ code: 2, stdout: '' })
    expect(one.stderr).toContain('two runs or more are compared')
    const unknown = await compare('wide', 'narrow', '--metric', 'mae')
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(unknown.stderr).toContain('Reported are val_loss, val_acc, loss, acc.')
    expect((await compare('wide', 'missing')).stderr).toContain('missing is no log')
  })
})

describe('saturation check', () => {
  it('ends with 0 where all limits hold, 1 where one does not, and 2 without any', async () => {
    const holds = await saturation(['check', 'narrow', '--max-underused', '0', '--min-saturation', '0.3'], { cwd })
    expect(holds).toMatchObject({ code: 0 })
    expect(holds.stdout).toContain('All 2 limits hold.')
    const broken = await saturation(['check', 'wide', '--max-parameters', '500', '--json'], { cwd })
    expect(broken).toMatchObject({ code: 1 })
    expect(JSON.parse(broken.stdout)).toMatchObject({ holds: false, limits: [{ allowed: 500, found: 585 }] })
    const none = await saturation(['check', 'wide'], { cwd })
    expect(none).toMatchObject({ code: 2, stdout: '' })
    expect(none.stderr).toContain('There is no limit to check')
  })
})
