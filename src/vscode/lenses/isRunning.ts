import { resolve } from 'node:path'
import type { RunState } from '../../run/state.ts'
import { fileKey } from '../../source/tracking/fileKey.ts'

/** Whether the run has not ended yet and `path` is its script. */
export function isRunning(run: RunState | null, path: string): boolean {
  if (!run || run.phase === 'ended' || run.script === '') return false
  return fileKey(resolve(run.cwd, run.script)) === fileKey(path)
}
