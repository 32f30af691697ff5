import type { Progress, RunState } from '../run/state.ts'
import { noTraining } from './inherited.ts'
import { duration, number } from './numbers.ts'
import { proofProgress } from './proof/proofWords.ts'
import { probeProgress } from './trials/probe.ts'

/** Milliseconds without a report after which a training run is called silent. */
const SILENT_AFTER_MS = 15_000
/** Milliseconds of training below which its pace says nothing: the first steps compile kernels and fill caches. */
const SHORTEST_PACE_MS = 1000

/** Share of the training steps done, in [0, 1]; null in a custom loop, where the end is not known. */
export function shareDone(progress: Progress | null): number | null {
  if (!progress || progress.epoch === null || !progress.epochs) return null
  const { epoch, epochs, stepInEpoch, stepsPerEpoch } = progress
  if (stepInEpoch === null || !stepsPerEpoch) return Math.min(1, epoch / epochs)
  // One division: 14 of 100 must not round to less than 14 %.
  return Math.min(1, (epoch * stepsPerEpoch + Math.min(stepInEpoch, stepsPerEpoch)) / (epochs * stepsPerEpoch))
}

/** Estimated milliseconds until the last step at the pace so far; null once ended and while it cannot be known. */
export function timeLeft(run: RunState): number | null {
  const done = shareDone(run.progress)
  if (run.phase !== 'training' || !done || run.firstStepAt === null || run.lastEventAt === null) return null
  const elapsed = run.lastEventAt - run.firstStepAt
  if (elapsed < SHORTEST_PACE_MS) return null
  return (elapsed * (1 - done)) / done
}

/** `Epoch 3/12`, or `Step 1,234` in a custom loop; null before the first step. */
export function position(progress: Progress | null): string | null {
  if (!progress) return null
  if (progress.epoch === null) return `Step ${number(progress.step)}`
  return progress.epochs ? `Epoch ${progress.epoch + 1}/${progress.epochs}` : `Epoch ${progress.epoch + 1}`
}

/** `Trying narrower networks: 34 networks tried, …` while that is done; null before and after. */
export function trials({ proof, probe, ended }: RunState): string | null {
  if (ended) return null
  const probing = probe && probeProgress(probe)
  if (probing) return `Probing layers: ${probing}`
  if (proof?.phase !== 'running') return null
  return `Trying narrower networks: ${proofProgress(proof)}`
}

/** Where a run that has not ended stands: `Epoch 3/12 · 42 %`, `Step 340`, `Starting`. */
export function describeProgress(run: RunState): string {
  const tried = trials(run)
  if (tried !== null) return tried
  const done = shareDone(run.progress)
  const where = position(run.progress) ?? describePhase(run)
  return done === null ? where : `${where} · ${Math.floor(done * 100)} %`
}

/**
 * What the run is doing, in words.
 * @param silentFor milliseconds since the last report by the reader's own clock, which may differ from the run's.
 */
export function describePhase(run: RunState, silentFor = 0): string {
  if (run.ended) {
    switch (run.ended.how) {
      case 'completed':
        return 'Finished'
      case 'failed':
        return `Failed: ${run.ended.message}`
      case 'stopped':
        return 'Stopped'
      case 'killed':
        return `Killed: ${run.ended.message}`
      case 'lost':
        return `Connection lost: ${run.ended.message}`
    }
  }
  const words = trials(run) ?? noTraining(run) ?? (run.phase === 'starting' ? 'Starting' : 'Training')
  return silentFor < SILENT_AFTER_MS ? words : `${words}, no report for ${duration(silentFor)}`
}

/** True for an end that the user did not ask for. */
export function endedBadly(run: RunState): boolean {
  return run.ended !== null && run.ended.how !== 'completed' && run.ended.how !== 'stopped'
}
