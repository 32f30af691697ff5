import type { Trial } from '../../experiments/sweep/trialPool.ts'
import { textOf } from '../rightsize/reproduce.ts'

/** What trials train, and by which node. */
export interface TrialProgram {
  readonly script: string
  readonly args: readonly string[]
  readonly node: string
  readonly npm: boolean
}

/**
 * The arguments of the `saturation` that trains one trial, wherever it runs.
 * @param log path of the log there
 */
export function trialArguments({ overrides, evaluates }: Trial, log: string, program: TrialProgram): string[] {
  const { script, args, node, npm } = program
  return [
    // A second of a proof is enough to evaluate the trained network.
    ...(evaluates ? ['prove', '--seconds', '1'] : ['run', '--no-keep-weights']),
    ...['--no-live', '--log', log, '--node', node, ...(npm ? ['--npm'] : [])],
    ...overrides.flatMap((override) => ['--set', textOf(override)]),
    // Behind it, all are the script's.
    ...[script, '--', ...args],
  ]
}
