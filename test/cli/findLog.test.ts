import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { findLog } from '../../src/cli/console/findLog.ts'
import { inheritFrom } from '../../src/cli/run/inheritFrom.ts'
import { writeRecord } from '../../src/runner/history/record.ts'
import { weightsFileOf } from '../../src/runner/history/weightsFile.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'find-'))
  vi.stubEnv('HOME', folder)
  vi.stubEnv('XDG_CONFIG_HOME', path.join(folder, 'config'))
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

/** Saves a run of a script in the history of the editor. @returns its log */
function save(id: string, script: string): string {
  const storage = 'config/Code/User/workspaceStorage/1/saturation.saturation-inspector/runs'
  const run = path.join(folder, storage, id)
  mkdirSync(run, { recursive: true })
  const log = path.join(run, 'events.jsonl')
  writeFileSync(log, '')
  writeRecord(run, { id, script, session: { address: '', secret: '' }, pid: 1, ended: true, log })
  return log
}

it('takes paths first, then names of runs in the history, and names the candidates', () => {
  const log = path.join(folder, 'train.jsonl')
  writeFileSync(log, '')
  expect(findLog(path.join(folder, 'train'))).toBe(log)
  expect(findLog(log)).toBe(log)
  const first = save('2026-11-27T10-00-00-000-aaaaaa', '/a/train.js')
  expect(findLog(path.dirname(first))).toBe(first)
  expect(findLog('train.js')).toBe(first)
  save('2026-11-28T10-00-00-000-bbbbbb', '/a/train.js')
  expect(findLog('2026-11-27T10-00')).toBe(first)
  expect(() => findLog('train.js')).toThrow(
    /^train\.js is the name of 2 runs; give the id of one: 2026-11-28T\S+ \(train\.js, [^)]+\); 2026-11-27T\S+ \(train\.js, [^)]+\)\.$/,
  )
  expect(() => findLog('other')).toThrow(
    /^other is no log, and no run in the editor's history; it has 2026-11-28T\S+ \(train\.js, [^)]+\); 2026-11-27/,
  )
  // Of several runs those count that have left their weights.
  expect(findLog('train', (each) => each === first)).toBe(first)
})

it('says of a run in the history whose weights are gone what it lacks', () => {
  const log = save('2026-11-27T10-00-00-000-aaaaaa', '/a/train.js')
  expect(() => inheritFrom('train.js', false)).toThrow(
    `train.js has no weights to inherit: it was run with --no-keep-weights, its weights were too large, or it did not get as far. They would be in ${weightsFileOf(log)}.`,
  )
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  expect(() => findLog('train.js')).toThrow("train.js is no log, and no run in the editor's history.")
})
