import { compareWithExact } from '../../comparison/exact/compareWithExact.ts'
import { runScript } from '../run/run.ts'
import { runFlags, type AfterTrainingFlags } from './flags.ts'
import { printJson } from '../console/terminalText.ts'

/** Options of `saturation exact`. */
export interface ExactFlags extends AfterTrainingFlags {
  /** Name of the layer. */
  layer: string
}

/** Exit code where the script ended well, but nothing was compared. */
const NOTHING_COMPARED = 1

/**
 * Trains with a script, and compares the online covariance of a layer with the exact one at the last weights.
 * @returns the script's exit code; 1 where that is 0 and nothing could be compared.
 * @throws LaunchError when nothing was started.
 */
export function exactScript(script: string, args: string[], flags: ExactFlags): Promise<number> {
  const { layer, seconds, json = false } = flags
  const run = runFlags(flags)
  return runScript(script, args, run, {
    task: { kind: 'exact', layer, delta: run.delta, seconds },
    ownsOutput: json,
    ended: ({ states }) => {
      const state = states.find(({ exact }) => exact !== null)
      if (json) printJson(state ? compareWithExact(state) : null)
      return state ? 0 : NOTHING_COMPARED
    },
  })
}
