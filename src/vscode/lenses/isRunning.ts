import { resolve } from 'node:path'
import type { RunState } from '../../run/state.ts'
import { fileKey } from '../../source/tracking/fileKey.ts'

/** True while the run is on and `path` is the script it runs. */
export function isRunning(run: RunState | null, path: string): boolean {
  if (!run || run.phase === 'ended' || run.script === '') return false
  return fileKey(resolve(run.cwd, run.script)) === fileKey(path)
}
