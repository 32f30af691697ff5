import { DECIDING_WINDOWS, type EndedWindow } from '../run/endedWindows.ts'
import type { LayerState } from '../run/state.ts'
import { STEPS_PER_DOUBLING } from './widthSteps.ts'

/** Epochs over which a width must not have moved before it is shown; windows where no epochs are known. */
export const EPOCHS_TO_SETTLE = 3
/** The same while the training loss still falls: k then often moves on after a pause. */
export const EPOCHS_TO_SETTLE_WHILE_LEARNING = 5
/** Share of the loss that it must have fallen by, over `EPOCHS_TO_SETTLE`, to count as falling. */
const FALLING_SHARE = 0.1
/** Fewest windows that can show whether a width moves. */
const MIN_WINDOWS = 2

/** Whether a layer's width has stopped moving, and the windows that tell. */
export interface Settling {
  settled: boolean
  /** The windows that decided, the latest last; while the width moves, all that may decide. */
  windows: readonly EndedWindow[]
}

/**
 * Decides whether a layer's width has settled. Over its last three epochs the estimate has moved by an eighth at most,
 * which is a step of widths, and over its last five, as far as there are so many, by a quarter: a width that goes up a
 * little in every epoch has not settled. While the training loss still falls by more than a tenth over three epochs, it
 * must not have moved by more than an eighth over five.
 */
export function settlingOf({ windows: all, train }: Pick<LayerState, 'windows' | 'train'>): Settling {
  const windows = deciding(all, train?.width)
  const recent = latest(windows, EPOCHS_TO_SETTLE)
  const longer = latest(windows, EPOCHS_TO_SETTLE_WHILE_LEARNING)
  const decisive = recent && isLearning(recent) ? longer : recent
  const settled = decisive !== null && areWithin(1, decisive) && areWithin(2, longer ?? windows)
  return { settled, windows: settled ? decisive : windows }
}

/**
 * Decides whether a layer may be narrowed while its network still learns: over all windows that may decide, two epochs at
 * least, its estimate has moved by a quarter at most. This is less than settling. What is narrowed a little too far is
 * made good by the training that follows, whereas a recurrent layer's k still rises threefold at that time
 * (`docs/rightsizing.md`).
 */
export function hasSteadied({ windows: all, train }: Pick<LayerState, 'windows' | 'train'>): boolean {
  const windows = deciding(all, train?.width)
  return windows.length >= MIN_WINDOWS && areWithin(2, windows)
}

/** The latest windows of a layer. One that is built anew with another width begins anew. */
function deciding(windows: readonly EndedWindow[], present: number | undefined): EndedWindow[] {
  return windows.filter(({ width }) => width === present).slice(-DECIDING_WINDOWS)
}

/** Whether the estimates of windows differ by no more than some steps of an eighth, or k by no more than 1. */
function areWithin(steps: number, windows: readonly EndedWindow[]): boolean {
  const dimensions = windows.map(({ k99 }) => k99)
  const [least, most] = [Math.min(...dimensions), Math.max(...dimensions)]
  return most - least <= 1 || Math.sqrt(most / least) <= 1 + steps / STEPS_PER_DOUBLING
}

/** The latest windows that together cover so many epochs; null where all of them cover fewer. */
function latest(windows: readonly EndedWindow[], epochs: number): readonly EndedWindow[] | null {
  for (let count = MIN_WINDOWS; count <= windows.length; count++)
    if (epochsOf(windows.slice(-count)) >= epochs) return windows.slice(-count)
  return null
}

/**
 * Returns the number of epochs from the begin of the first window to the end of the last. It is more than the windows
 * themselves cover where a busy machine left one out, and their sum where each epoch is a `fit` of its own. A window
 * without known epochs counts as one.
 */
export function epochsOf(windows: readonly EndedWindow[]): number {
  const [first, last] = [windows[0], windows.at(-1)]
  const sum = windows.reduce((covered, window) => covered + Math.max(1, window.epochs), 0)
  if (!first || !last || first.epoch === null || last.epoch === null) return sum
  return Math.max(sum, last.epoch - first.epoch + Math.max(1, first.epochs))
}

function isLearning(windows: readonly EndedWindow[]): boolean {
  const [before, now] = [windows[0]?.loss ?? null, windows.at(-1)?.loss ?? null]
  return before !== null && now !== null && before - now > FALLING_SHARE * Math.abs(before)
}
