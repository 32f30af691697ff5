import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { emptyRun, type RunState } from '../../../src/run/state.ts'
import { latestWithWeights } from '../../../src/runner/history/runWithWeights.ts'
import { ENDED } from '../../presentation/layers.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'weights-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const attached = { pid: 1, delta: 0.99, versions: {}, backend: 'tensorflow' }

/** An ended run of /a/train.js that has left its weights; parts of its state can be exchanged. */
function saved(id: string, parts: Partial<RunState> = {}, isOnDisk = true) {
  const log = path.join(folder, `${id}.jsonl`)
  if (isOnDisk) writeFileSync(path.join(folder, `${id}.weights.safetensors`), '')
  const record = { id, script: '', session: { address: '', secret: '' }, pid: 1, ended: true, log }
  const state = { ...emptyRun(), script: '/a/train.js', weights: { step: 10, bytes: 100 }, ended: ENDED, ...parts }
  return { id, record, state }
}

it('finds the latest run of the script whose weights are still there', () => {
  const process = { script: '/a/train', args: [], thread: 0 }
  const runs = [
    saved('training', { ended: null }),
    saved('without', { weights: null }),
    saved('removed', {}, false),
    saved('other', { script: '/a/other.js' }),
    saved('npm', { packageScript: 'train' }),
    saved('child', { attached: { ...attached, process: { ...process, script: '/a/job.js' } } }),
    saved('arguments', { attached: { ...attached, process: { ...process, args: ['0.1'] } } }),
    saved('thread', { attached: { ...attached, process: { ...process, thread: 1 } } }),
    saved('latest', { attached: { ...attached, process } }),
    saved('older'),
  ]
  const found = latestWithWeights(runs, '/a/train.js')
  expect(found?.run.id).toBe('latest')
  expect(found?.file).toBe(path.join(folder, 'latest.weights.safetensors'))
  expect(latestWithWeights(runs, '/a/third.js')).toBeNull()
})
