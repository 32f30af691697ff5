import { runScript } from '../run/run.ts'
import { runFlags, type AfterTrainingFlags } from './flags.ts'
import { printJson } from '../console/terminalText.ts'

/** Options of `saturation project`. */
export interface ProjectFlags extends AfterTrainingFlags {
  /** Points. */
  tolerance: number
  /** Per cent. */
  relativeTolerance: number
}

/** Exit code where the script ended well, but nothing was projected. */
const NOTHING_PROJECTED = 1

/**
 * Trains with a script, and projects the model's layers onto their eigenspaces at the end.
 * @returns the script's exit code; 1 where that is 0 and nothing could be projected.
 * @throws LaunchError when nothing was started.
 */
export function projectScript(script: string, args: string[], flags: ProjectFlags): Promise<number> {
  const { tolerance, relativeTolerance, seconds, json = false } = flags
  const task = {
    kind: 'project' as const,
    tolerance: tolerance / 100,
    relativeTolerance: relativeTolerance / 100,
    seconds,
  }
  return runScript(script, args, runFlags(flags), {
    task,
    ownsOutput: json,
    ended: ({ states }) => {
      const results = states.flatMap(({ projection }) => projection ?? [])
      if (json) printJson(results[0] ?? null)
      return results.length > 0 ? 0 : NOTHING_PROJECTED
    },
  })
}
