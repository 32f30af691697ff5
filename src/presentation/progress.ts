import type { FitPace } from '../run/fitPace.ts'
import type { Progress, RunState } from '../run/state.ts'
import { noTraining } from './inherited.ts'
import { duration, number } from './numbers.ts'
import { proofProgress } from './proof/proofWords.ts'
import { layerProgress } from './trials/layerProgress.ts'

/** Milliseconds without a report after which a training run is called silent. */
const SILENT_AFTER_MS = 15_000
/** Milliseconds of training below which its pace says nothing: the first steps compile kernels and fill caches. */
const SHORTEST_PACE_MS = 3000

/** Share of the training steps done, in [0, 1]; null in a custom loop, where the end is not known. */
export function shareDone(progress: Progress | null): number | null {
  if (!progress || progress.epoch === null || !progress.epochs) return null
  const { epoch, epochs, stepInEpoch, stepsPerEpoch } = progress
  if (stepInEpoch === null || !stepsPerEpoch) return Math.min(1, epoch / epochs)
  // One division: 14 of 100 must not round to less than 14 %.
  return Math.min(1, (epoch * stepsPerEpoch + Math.min(stepInEpoch, stepsPerEpoch)) / (epochs * stepsPerEpoch))
}

/**
 * Estimated milliseconds until the present call of `fit` ends, validation included, at its pace so far; null once it has
 * ended, and while it cannot be known. Whether the program calls `fit` again, nobody knows.
 */
export function timeLeft(run: RunState): number | null {
  if (run.fit && run.progress && run.lastEventAt !== null)
    return run.phase === 'training' ? timeLeftOfFit(run.fit, run.progress.epochs, run.lastEventAt) : null
  const done = shareDone(run.progress)
  if (run.phase !== 'training' || !done || run.firstStepAt === null || run.lastEventAt === null) return null
  const elapsed = run.lastEventAt - run.firstStepAt
  if (elapsed < SHORTEST_PACE_MS) return null
  return (elapsed * (1 - done)) / done
}

function timeLeftOfFit(fit: FitPace, epochs: number | null, now: number): number | null {
  const { at, startedAt, epoch, stepInEpoch, steps, stepsMs, stepsPerEpoch, tailMs, validates } = fit
  // How long the validation takes shows only when it has been once.
  if (epochs === null || stepsPerEpoch === null || (validates && tailMs === null)) return null
  if (epoch >= epochs || steps === 0 || now - startedAt < SHORTEST_PACE_MS) return null
  const stepMs = stepsMs / steps
  const ofEpoch = (done: number): number => Math.max(0, stepsPerEpoch - done) * stepMs + (tailMs ?? 0)
  const left = Math.max(0, ofEpoch(stepInEpoch) - (now - at)) + (epochs - epoch - 1) * ofEpoch(0)
  // It takes longer than it did before, and how much longer is not known.
  return left > 0 ? left : null
}

/** `40 s left`, or `40 s left of fit 3` where a program calls `fit` again and again; null where it is not known. */
export function timeLeftWords(run: RunState): string | null {
  const left = timeLeft(run)
  if (left === null) return null
  return `${duration(left)} left${run.fit && run.fit.number > 1 ? ` of fit ${number(run.fit.number)}` : ''}`
}

/** `Epoch 3/12`, `Fit 7 · Epoch 1/1` or, in a custom loop, `Step 1,234`; null before the first step. */
export function position(progress: Progress | null, fit: FitPace | null = null): string | null {
  if (!progress) return null
  const inFit = epochWords(progress)
  return fit && fit.number > 1 ? `Fit ${number(fit.number)} · ${inFit}` : inFit
}

function epochWords(progress: Progress): string {
  if (progress.epoch === null) return `Step ${number(progress.step)}`
  return progress.epochs ? `Epoch ${progress.epoch + 1}/${progress.epochs}` : `Epoch ${progress.epoch + 1}`
}

/** `Trying narrower networks: 34 networks tried, …` while that is done; null before and after. */
export function trials({ proof, probe, exact, ended }: RunState): string | null {
  if (ended) return null
  if (probe?.running) return `Probing layers: ${layerProgress(probe.running)}`
  if (exact?.running) return `Measuring exactly: ${layerProgress(exact.running)}`
  if (proof?.phase !== 'running') return null
  return `Trying narrower networks: ${proofProgress(proof)}`
}

/** Where a run that has not ended stands: `Epoch 3/12 · 42 %`, `Step 340`, `Starting`. */
export function describeProgress(run: RunState): string {
  const tried = trials(run)
  if (tried !== null) return tried
  const done = shareDone(run.progress)
  const where = position(run.progress, run.fit) ?? describePhase(run)
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
