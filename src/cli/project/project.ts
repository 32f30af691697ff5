import { DEFAULT_OPTIONS } from '../../protocol/measureOptions.ts'
import type { Override } from '../../protocol/overrides.ts'
import { runScript, type RunFlags } from '../run/run.ts'

/** Options of `saturation project`. */
export interface ProjectFlags {
  json?: true
  /** Points. */
  tolerance: number
  /** Per cent. */
  relativeTolerance: number
  seconds: number
  log?: string
  node: string
  set?: Override[]
  live: boolean
  npm?: true
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
      if (json) process.stdout.write(`${JSON.stringify(results[0] ?? null, null, 2)}\n`)
      return results.length > 0 ? 0 : NOTHING_PROJECTED
    },
  })
}

function runFlags({ log, node, set, live, npm }: ProjectFlags): RunFlags {
  const { convolution: conv, recurrent, window, halfLife, exactWidth } = DEFAULT_OPTIONS
  return {
    ...{ conv, recurrent, window, halfLife, exactWidth, node, live },
    ...{ delta: 0.99, budget: 0.03, rows: 'sampled', completeWasm: true, keepWeights: false, keepWeightsLimit: 0 },
    ...(log === undefined ? {} : { log }),
    ...(set === undefined ? {} : { set }),
    ...(npm === undefined ? {} : { npm }),
  }
}
