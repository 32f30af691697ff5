import { existsSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { SavedRun } from './savedRuns.ts'
import { weightsFileOf } from './weightsFile.ts'

/** A run that has left its weights, and their file. */
export interface RunWithWeights<Run> {
  run: Run
  /** Absolute path. */
  file: string
}

/**
 * Finds the latest ended run of a script file whose weights are still there. Runs of other processes of its command are
 * left out: they may have trained other models.
 * @param runs the latest first
 * @param script absolute path
 */
export function latestWithWeights<Run extends Pick<SavedRun, 'record' | 'state'>>(
  runs: readonly Run[],
  script: string,
): RunWithWeights<Run> | null {
  for (const run of runs) {
    const { state, record } = run
    if (state.script !== script || state.packageScript !== null || state.weights === null || !state.ended) continue
    if (!isOfFirstProcess(state)) continue
    const file = weightsFileOf(record.log)
    if (existsSync(file)) return { run, file }
  }
  return null
}

/** Whether the process that trained is the one that the person has started. */
function isOfFirstProcess({ attached, script, args }: SavedRun['state']): boolean {
  const program = attached?.process
  if (!program) return true
  const sameScript = path.parse(program.script).name === path.parse(script).name
  return sameScript && program.thread === 0 && isDeepStrictEqual(program.args, args)
}
