import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { editorRuns } from '../../../src/runner/history/editorRuns.ts'
import { writeRecord } from '../../../src/runner/history/record.ts'
import { runLabel, runsNamed } from '../../../src/runner/history/runNames.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'names-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** Saves a run in the storage of a workspace. */
function save(editor: string, id: string, script: string): void {
  const run = path.join(folder, editor, 'User/workspaceStorage/0a1b/saturation.saturation-inspector/runs', id)
  mkdirSync(run, { recursive: true })
  const log = path.join(run, 'events.jsonl')
  writeRecord(run, { id, script, session: { address: '', secret: '' }, pid: 1, ended: true, log })
}

it('finds the runs of all editors and workspaces, the latest first', () => {
  save('.config/Code', '2026-11-27T10-00-00-000-aaaaaa', '/a/train.js')
  save('.config/VSCodium', '2026-11-28T10-00-00-000-bbbbbb', '/a/train.js')
  save('.vscode-server/data', '2026-11-26T10-00-00-000-cccccc', '/b/other.ts')
  mkdirSync(path.join(folder, '.config/Code/User/workspaceStorage/0a1b/saturation.saturation-inspector/runs/broken'))
  const runs = editorRuns({ platform: 'linux', folder, env: {} })
  expect(runs.map(({ id }) => id.slice(-6))).toEqual(['bbbbbb', 'aaaaaa', 'cccccc'])
  expect(editorRuns({ platform: 'darwin', folder, env: {} })).toHaveLength(1)
  expect(editorRuns({ platform: 'linux', folder: path.join(folder, 'none'), env: {} })).toEqual([])
})

it('takes a name for the runs that have all of its words', () => {
  const ids = ['2026-11-28T10-00-00-000-bbbbbb', '2026-11-27T10-00-00-000-aaaaaa']
  const runs = ids.map((id) => ({ id, script: '/a/train.js' })).concat({ id: 'imported', script: '/b/other.ts' })
  const found = (name: string) => runsNamed(name, runs).map(({ id }) => id)
  expect(found('train.js')).toEqual(ids)
  expect(found('/a/train.js')).toEqual(ids)
  expect(found('train')).toEqual(ids)
  expect(found('rain')).toEqual([])
  expect(found(ids[0]!)).toEqual([ids[0]])
  expect(found('2026-11-27T10')).toEqual([ids[1]])
  expect(found('imported')).toEqual(['imported'])
  expect(found('other 2026-11-27')).toEqual([])
  expect(found('')).toEqual([])
  const [day, time] = new Date('2026-11-27T10:00:00Z').toLocaleString('sv').split(' ') as [string, string]
  expect(found(`train.js ${day} ${time.slice(0, 5)}`)).toEqual([ids[1]])
  expect(found(`train.js, ${day} 03:59`)).toEqual([])
  expect(runLabel(runs[1]!)).toBe(`${ids[1]} (train.js, ${day} ${time})`)
  expect(runLabel(runs[2]!)).toBe('imported (other.ts)')
})
