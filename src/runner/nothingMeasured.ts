import { NOT_LOADED, NOT_MONITORED, SWITCHED_OFF, type Presence } from '../protocol/presence.ts'
import type { RunState } from '../run/state.ts'

/** Why a run that ended well has nothing to show, in words. */
export interface NothingMeasured {
  /** How the run ended. */
  message: string
  /** Null where the run has said why already. */
  problem: { message: string; advice: string } | null
}

const ENDED_EARLY = {
  message: 'A thread or process that trains ended before it told its numbers.',
  advice: 'Let it end by itself: worker.terminate(), a pool’s destroy() and process.reallyExit end it at once.',
}

/** Whether the monitor was switched off in mid-run, or before. */
export function isSwitchedOff({ problems }: RunState, seen: ReadonlySet<Presence> | null, stderr = ''): boolean {
  return (
    (seen?.has('off') ?? false) ||
    stderr.includes(NOT_MONITORED) ||
    problems.some(({ message }) => message.startsWith(SWITCHED_OFF) || message.startsWith(NOT_LOADED))
  )
}

/**
 * Explains why a run has no training step to show. A cause is named only where it is known.
 * @param seen what the command's processes have noted; null where that is not known
 * @param stderr the last lines of the command's error output
 * @returns null where the run has steps.
 */
export function nothingMeasured(
  state: RunState,
  seen: ReadonlySet<Presence> | null,
  stderr = '',
): NothingMeasured | null {
  if (state.progress !== null) return null
  if (isSwitchedOff(state, seen, stderr)) return { message: 'The script ended; it was not monitored.', problem: null }
  if (seen?.has('step') || (seen?.has('model') && state.layers.length === 0))
    return {
      message: 'The script ended, and a thread or process of it before its first numbers.',
      problem: ENDED_EARLY,
    }
  if (seen && !seen.has('node'))
    return {
      message: 'The command ended without a Node.js process that could be monitored.',
      problem: {
        message: 'The command started no Node.js process that takes NODE_OPTIONS.',
        advice:
          'Only what Node.js runs is measured: not Bun, and no program that removes NODE_OPTIONS from the environment.',
      },
    }
  if (state.layers.length === 0)
    return {
      message: 'The script ended without training a TensorFlow.js model.',
      problem: {
        message: 'No TensorFlow.js layer ran in training or evaluation.',
        advice:
          'Run the script that builds and trains the model, and make sure that it waits for the training (await model.fit(…)). Where weights are set without gradients (setWeights, evolution) or a model only predicts, no layer has a training step to be measured in.',
      },
    }
  return {
    message: 'The script ended without a training step: the model was never trained.',
    problem: {
      message: 'The model was never trained.',
      advice:
        'Saturation is measured in training steps: fit, fitDataset, trainOnBatch or an optimizer’s minimize. Is one of them awaited? A script that only evaluates, or sets weights without gradients (setWeights, evolution), has none.',
    },
  }
}
