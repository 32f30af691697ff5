import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { reportOfLog, saturation } from './saturation.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../fixtures/scripts/process/commandLine.cjs')
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-overrides-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('saturation run --set trains with other values than the source has, and the report names them', async () => {
  const log = path.join(folder, 'run.jsonl')
  const set = ['--set', 'hidden.width=5', '--set', 'commandLine.cjs:7.rate=0.2']
  const ended = await saturation(['run', SCRIPT, ...set, '--log', log])
  expect(ended.code, ended.stderr).toBe(0)
  expect(ended.stderr).toContain('Overridden: hidden.width = 5, commandLine.cjs:7.rate = 0.2.')
  const { run, layers } = await reportOfLog(log)
  expect(run.overrides).toEqual([
    { layer: 'hidden', property: 'width', value: 5 },
    { layer: 'commandLine.cjs:7', property: 'rate', value: 0.2 },
  ])
  expect(layers.find(({ name }) => name === 'hidden')).toMatchObject({ width: 5 })
})

it('saturation run --set fails for an override that no layer matches', async () => {
  const ended = await saturation(['run', SCRIPT, '--set', 'hiden.units=5'])
  expect(ended.code).toBe(1)
  expect(ended.stderr).toContain('! No layer matches the override hiden.units = 5.\n')
  expect(ended.stderr).toContain('The layers: hidden (Dense), drop (Dropout), output (Dense).')
})

it('saturation run --set starts nothing for an override that cannot be read', async () => {
  const ended = await saturation(['run', SCRIPT, '--set', 'hidden.units'])
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toContain('It is LAYER.property=value')
})
