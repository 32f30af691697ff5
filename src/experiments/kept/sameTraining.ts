import { statSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Override } from '../../protocol/overrides.ts'
import type { RunState } from '../../run/state.ts'
import { completeScriptPath } from '../../runner/launch/findScript.ts'

/** What is trained. */
export interface TrainedProgram {
  readonly script: string
  readonly args: readonly string[]
  /** Whether the script is one of package.json. */
  readonly npm: boolean
  readonly overrides: readonly Override[]
}

/** Whether a run, or one that was to be one, is of the same program in this folder and of the same overrides. */
export function isSameTraining(state: RunState, { script, args, npm, overrides }: TrainedProgram): boolean {
  const cwd = process.cwd()
  const isScript = npm ? state.packageScript === script : state.script === completeScriptPath(script, cwd)
  return (
    isScript &&
    state.cwd === cwd &&
    isDeepStrictEqual(state.args, args) &&
    isDeepStrictEqual(state.overrides, overrides)
  )
}

/** Whether the files that construct a run's layers, and its script, are as they were when it began. */
export function isUnchanged({ script, cwd, layers, startedAt }: RunState): boolean {
  const files = new Set([script, ...layers.flatMap(({ site }) => site?.file ?? [])])
  return [...files].every((file) => {
    const changed = statSync(path.resolve(cwd, file), { throwIfNoEntry: false })
    return changed === undefined || changed.mtimeMs <= (startedAt ?? 0)
  })
}
