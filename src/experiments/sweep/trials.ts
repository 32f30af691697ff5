import { failureOf } from '../../comparison/failure.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { RunState } from '../../run/state.ts'
import { isSameTraining, isUnchanged, type TrainedProgram } from '../kept/sameTraining.ts'
import type { TriedCandidate } from '../tryCandidates.ts'
import { FollowedLog } from './followedLog.ts'
import { readOutcome, type Outcome } from './outcome.ts'
import type { Trial, TrialEnd } from './trialPool.ts'

/** Name of the script as it is, among the networks of a study. */
export const BASELINE = 'baseline'

/** A trial that has ended. */
export interface TrialResult {
  readonly trial: Trial
  readonly outcome: Outcome
  readonly state: RunState
}

/** The trials of one network, one for each repeat. @param set overrides that all networks have */
export function trialsOf(
  { file, name, overrides }: TriedCandidate,
  set: readonly Override[],
  repeats: number,
  evaluates: boolean,
): Trial[] {
  return Array.from({ length: repeats }, (_, i) => ({
    file: i === 0 ? file : `${file}-${i + 1}`,
    network: name,
    overrides: [...set.filter((one) => !overrides.some((other) => isOfSame(one, other))), ...overrides],
    repeat: i + 1,
    evaluates,
  }))
}

function isOfSame(one: Override, other: Override): boolean {
  return one.layer === other.layer && one.property === other.property
}

/**
 * The result of a trial that an earlier command has finished; null where there is none, it was of another program or
 * other overrides, or the source has changed since.
 * @param log absolute path of its log
 */
export function earlierResult(
  trial: Trial,
  folder: string,
  log: string,
  program: Omit<TrainedProgram, 'overrides'>,
): TrialResult | null {
  const followed = new FollowedLog(log)
  followed.update()
  const { state } = followed
  const { overrides } = trial
  if (state.startedAt === null || !isSameTraining(state, { ...program, overrides }) || !isUnchanged(state)) return null
  const written = readOutcome(folder, trial.file)
  if (written?.network === trial.network)
    return written.evaluates || !trial.evaluates ? { trial, outcome: written, state } : null
  // The command was killed between the end of the training and the writing of its outcome.
  if (state.ended?.how !== 'completed' || (trial.evaluates && state.proof === null)) return null
  const seconds = (state.ended.time - state.startedAt) / 1000
  return { trial, outcome: outcomeOf(trial, state, { seconds, peakBytes: null }), state }
}

/** What has become of a trial whose processes have ended. */
export function outcomeOf(
  { network, repeat, evaluates }: Trial,
  state: RunState,
  end: Pick<Outcome, 'seconds' | 'peakBytes'> & { how?: TrialEnd['how']; isHopeless?: boolean; errors?: string },
): Outcome {
  const { seconds, peakBytes, errors = '' } = end
  const facts = { network, repeat, evaluates, seconds, peakBytes }
  if (end.how === 'no memory') return { ...facts, how: 'out of memory', reason: null }
  if (end.isHopeless) return { ...facts, how: 'given up', reason: null }
  const reason = failureOf(state)
  if (reason === null) return { ...facts, how: 'completed', reason: null }
  return { ...facts, how: 'failed', reason: state.ended ? reason : (errors.trim().split('\n').at(-1) ?? reason) }
}
