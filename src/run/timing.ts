import type { RunState } from './state.ts'

/** Milliseconds from the first training step to the end of the last epoch, validation included; null without epochs. */
export function trainingMs({ lastEpoch, firstStepAt }: Pick<RunState, 'lastEpoch' | 'firstStepAt'>): number | null {
  return lastEpoch && firstStepAt !== null ? lastEpoch.time - firstStepAt : null
}

/**
 * Milliseconds of a training step: with epochs, validation included; without, the time within the steps. Null before
 * either is known.
 */
export function stepMs(run: Pick<RunState, 'lastEpoch' | 'firstStepAt' | 'overhead' | 'progress'>): number | null {
  const { lastEpoch, overhead, progress } = run
  if (lastEpoch) {
    const ms = trainingMs(run)
    return ms === null || lastEpoch.step === 0 ? null : ms / lastEpoch.step
  }
  return overhead && progress && progress.step > 0 ? overhead.trainingMs / progress.step : null
}
