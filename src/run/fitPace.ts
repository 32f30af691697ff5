import type { RunEvent } from '../protocol/events.ts'

/** Milliseconds after which steps count for 1/e in the pace: the first steps of a run compile kernels and fill caches. */
const PACE_MEMORY_MS = 10_000

/** The present call of `fit`, as far as its end can be estimated from it. Times are milliseconds since the Unix epoch. */
export interface FitPace {
  /** Counted from 1. */
  number: number
  /** Whether its epochs end with a validation. */
  validates: boolean
  /** When its first reported step ended. */
  startedAt: number
  /** The latest place in it that is known: the end of a step or of an epoch. */
  at: number
  /** Epoch of that place, from 0, and training steps of this epoch by then. */
  epoch: number
  stepInEpoch: number
  /** Training steps, and milliseconds that they took without what is between epochs; older ones count less. */
  steps: number
  stepsMs: number
  /** Training steps of an epoch; null where that is not known yet. */
  stepsPerEpoch: number | null
  /** Milliseconds from the last step of the latest epoch to its end: validation and callbacks. Null before the first end. */
  tailMs: number | null
}

/** The pace after a step; null for one of no call of `fit`. */
export function paceAfterStep(known: FitPace | null, event: Extract<RunEvent, { type: 'step' }>): FitPace | null {
  const { fit: number, validates = false, epoch, stepInEpoch, stepsPerEpoch } = event
  if (number === undefined || epoch === null || stepInEpoch === null) return null
  const at = event.time - (event.ago ?? 0)
  const place = { at, epoch, stepInEpoch }
  if (known?.number !== number) {
    return { number, validates, startedAt: at, ...place, steps: 0, stepsMs: 0, stepsPerEpoch, tailMs: null }
  }
  const perEpoch = stepsPerEpoch ?? known.stepsPerEpoch
  const epochs = epoch - known.epoch
  const steps = epochs * (perEpoch ?? 0) + stepInEpoch - known.stepInEpoch
  // Short epochs are not all reported: those between had their tails.
  const elapsed = at - known.at - epochs * (known.tailMs ?? 0)
  if (steps <= 0 || elapsed < 0) return { ...known, ...place, stepsPerEpoch: perEpoch }
  const kept = Math.exp(-elapsed / PACE_MEMORY_MS)
  return {
    ...known,
    ...place,
    stepsPerEpoch: perEpoch,
    steps: known.steps * kept + steps,
    stepsMs: known.stepsMs * kept + elapsed,
  }
}

/** The pace after the end of an epoch, whose last step was reported before. */
export function paceAfterEpoch(
  known: FitPace | null,
  { epoch, time }: { epoch: number; time: number },
): FitPace | null {
  if (!known || known.epoch !== epoch) return known
  return {
    ...known,
    at: time,
    epoch: epoch + 1,
    stepInEpoch: 0,
    stepsPerEpoch: known.stepsPerEpoch ?? known.stepInEpoch,
    tailMs: Math.max(0, time - known.at),
  }
}
