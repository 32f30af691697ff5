import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { ReportRow } from '../../src/report/reportRow.ts'
import { reportOfLog, saturation } from './saturation.ts'

const FIXTURE = path.resolve(import.meta.dirname, '../fixtures/scripts/overrides/wide.cjs')
// The script is edited between its runs, so it lies elsewhere than its packages.
const env = { NODE_PATH: path.resolve('node_modules') }
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-narrowing-'))
const script = path.join(folder, 'train.cjs')
cpSync(FIXTURE, script)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the script. @returns what the table and the JSON report say of its wide layer */
async function run(log: string | null, ...more: string[]): Promise<{ cell: string; row: ReportRow | null }> {
  const file = log === null ? [] : ['--log', path.join(folder, log)]
  const ended = await saturation(['run', '--rows', 'all', ...file, ...more.slice(0, -1), script, ...more.slice(-1)], {
    env,
  })
  expect(ended.code, ended.stderr).toBe(0)
  const cell = /^wide .* {2}(\S.*)$/m.exec(ended.stderr)?.[1] ?? ''
  if (file[1] === undefined) return { cell, row: null }
  const row = (await reportOfLog(file[1])).layers.find(({ name, split }) => name === 'wide' && split === 'train')
  return { cell, row: row ?? null }
}

function edit(from: string, to: string): void {
  writeFileSync(script, readFileSync(script, 'utf8').replace(from, to))
}

it('saturation run asks for no width again once a layer was narrowed', async () => {
  const first = await run('run.jsonl', '8')
  expect(first.cell).toMatch(/^underused, about \d+ of 64 used$/)
  expect(first.row).toMatchObject({ narrowedFrom: null, width: 64 })
  const estimate = first.row!.recommendedWidth!
  expect(estimate).toBeGreaterThan(8)

  const narrowed = { verdict: 'underused', recommendedWidth: null, advice: null, narrowedFrom: 64 }
  // By an override, which the run itself tells; by an edit, which only the run before tells.
  const overridden = await run('overridden.jsonl', '--set', 'wide.units=32', '8')
  expect(overridden).toMatchObject({ cell: 'underused, narrowed from 64', row: { ...narrowed, width: 32 } })

  // A run that ends before anything has settled forgets nothing, and neither does one that fails.
  edit('units: 64', 'units: 32')
  expect((await run('run.jsonl', '1')).row).toMatchObject({ verdict: 'settling', narrowedFrom: 64 })
  edit("'use strict'", "throw new Error('early')")
  const failed = await saturation(['run', '--log', path.join(folder, 'run.jsonl'), script], { env })
  expect(failed.code).toBe(1)
  edit("throw new Error('early')", "'use strict'")
  const edited = await run('run.jsonl', '8')
  expect(edited).toMatchObject({ cell: 'underused, narrowed from 64', row: { ...narrowed, width: 32 } })

  // Further and further, it stays.
  const further = await run('run.jsonl', '--set', 'wide.width=24', '8')
  expect(further).toMatchObject({ cell: 'underused, narrowed from 64', row: { ...narrowed, width: 24 } })

  // Another log knows nothing.
  expect((await run('other.jsonl', '8')).cell).toMatch(/^underused, about \d+ of 32 used$/)

  // Widened again, it is judged anew.
  edit('units: 32', 'units: 64')
  expect((await run('run.jsonl', '8')).row).toMatchObject({ narrowedFrom: null, recommendedWidth: estimate })
  const weights = ['other', 'overridden', 'run'].map((name) => `${name}.weights.safetensors`)
  const logs = ['other.jsonl', 'overridden.jsonl', 'run.jsonl', 'train.cjs']
  expect(readdirSync(folder).sort()).toEqual([...logs, ...weights].sort())
})

it('a run that cannot be started leaves the earlier log in place', async () => {
  const log = path.join(folder, 'kept.jsonl')
  const before =
    '{"seq":0,"by":"session","time":1,"type":"run started","protocol":1,"script":"/a","args":[],"cwd":"/"}\n'
  writeFileSync(log, before)
  const ended = await saturation(['run', '--log', log, '--node', '/no/node', script], { env })
  expect(ended.code).toBe(2)
  expect(readFileSync(log, 'utf8')).toBe(before)
})
