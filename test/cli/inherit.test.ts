import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportOfLog, saturation } from './saturation.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../fixtures/scripts/process/commandLine.cjs')
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-inherit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const run = (...args: string[]) => saturation(['run', ...args, SCRIPT], { cwd: folder })

describe('saturation run --inherit', () => {
  beforeAll(async () => {
    expect((await run('--log', 'first.jsonl')).code).toBe(0)
  })

  it('begins with the weights that lie beside a log, and says so', async () => {
    expect(existsSync(path.join(folder, 'first.weights.safetensors'))).toBe(true)
    const ended = await run('--inherit', 'first.jsonl', '--log', 'second.jsonl', '--set', 'fit.epochs=1')
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stderr).toContain('Overridden: fit.epochs = 1. Inherits 2 of 2 layers from first.jsonl.')
    const report = await reportOfLog(path.join(folder, 'second.jsonl'))
    expect(report.run.inherited?.layers).toHaveLength(2)
    expect(report.run.weights?.step).toBe(4)
    expect(report.run.epochs).toHaveLength(1)
  })

  it('may replace the log of the run that it inherits from', async () => {
    expect((await run('--log', 'own.jsonl')).code).toBe(0)
    const ended = await run('--log', 'own.jsonl', '--inherit', 'own', '--no-keep-weights')
    expect(ended.stderr).toContain('Inherits 2 of 2 layers from own.')
    // The log is that of the new run, which keeps none.
    expect(existsSync(path.join(folder, 'own.weights.safetensors'))).toBe(false)
    expect((await run('--inherit', 'own.jsonl')).stderr).toContain(
      'own.jsonl has no weights to inherit: it was run with',
    )
  })

  it('starts nothing for a run that is not there, or whose weights are damaged', async () => {
    const missing = await run('--inherit', 'nowhere.jsonl')
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toBe('saturation: nowhere.jsonl has no weights to inherit: there is no log of that name.\n')
    writeFileSync(path.join(folder, 'bad.weights.safetensors'), 'bad')
    const damaged = await run('--inherit', 'bad.jsonl')
    expect(damaged).toMatchObject({ code: 2, stdout: '' })
    expect(damaged.stderr).toBe(
      'saturation: The weights of bad.jsonl cannot be inherited: the file is damaged: it is shorter than its header.\n',
    )
  })

  it('fails for an override of fit that fit does not have', async () => {
    const ended = await run('--set', 'fit.units=3')
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('Of fit, whole numbers can be set')
  })
})
