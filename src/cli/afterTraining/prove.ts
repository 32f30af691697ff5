import { proofJson } from '../../report/proofJson.ts'
import { runScript } from '../run/run.ts'
import { runFlags, type AfterTrainingFlags } from './flags.ts'
import { printJson } from '../console/terminalText.ts'

/** Options of `saturation prove`. */
export interface ProveFlags extends AfterTrainingFlags {
  parameters?: number
  flops?: number
}

/** Exit code where the script ended well, but nothing was proven. */
const NOTHING_PROVEN = 1

/**
 * Trains with a script, or puts in the weights of an earlier run, and tries narrower networks in the trained one.
 * @returns the script's exit code; 1 where that is 0 and nothing could be proven.
 * @throws LaunchError when nothing was started.
 */
export function proveScript(script: string, args: string[], flags: ProveFlags): Promise<number> {
  const { seconds, parameters, flops, json = false } = flags
  return runScript(script, args, runFlags(flags), {
    task: { kind: 'prove', seconds, ...(parameters && { parameters }), ...(flops && { flops }) },
    ownsOutput: json,
    ended: ({ states }) => {
      const [proof] = states.flatMap(({ proof }) => proof ?? [])
      if (json) printJson(proof ? proofJson(proof) : null)
      return proof ? 0 : NOTHING_PROVEN
    },
  })
}
