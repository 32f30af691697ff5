import type { EndedWindow } from '../run/endedWindows.ts'
import type { LayerState } from '../run/state.ts'
import { estimatedWidth } from './estimatedWidth.ts'
import { stepsBetween } from './widthSteps.ts'

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
  /** The windows that decided, the latest last; while the width moves, all that are kept. */
  windows: readonly EndedWindow[]
}

/**
 * Decides whether a layer's width has settled: the widths estimated from the windows of its last three epochs differ by
 * a step at most; from those of its last five while the training loss still falls by more than a tenth.
 */
export function settlingOf({ windows: all, train }: Pick<LayerState, 'windows' | 'train'>): Settling {
  // A layer that is built anew with another width begins anew.
  const windows = all.filter(({ width }) => width === train?.width)
  const recent = latest(windows, EPOCHS_TO_SETTLE)
  const decisive = recent && isLearning(recent) ? latest(windows, EPOCHS_TO_SETTLE_WHILE_LEARNING) : recent
  const widths = decisive?.map(estimatedWidth) ?? []
  const settled = decisive !== null && stepsBetween(Math.min(...widths), Math.max(...widths)) <= 1
  return { settled, windows: settled ? decisive : windows }
}

/** The latest windows that together cover so many epochs; null where all of them cover fewer. */
function latest(windows: readonly EndedWindow[], epochs: number): readonly EndedWindow[] | null {
  let covered = 0
  for (let count = 1; count <= windows.length; count++) {
    covered += Math.max(1, windows.at(-count)!.epochs)
    if (covered >= epochs && count >= MIN_WINDOWS) return windows.slice(-count)
  }
  return null
}

function isLearning(windows: readonly EndedWindow[]): boolean {
  const [before, now] = [windows[0]?.loss ?? null, windows.at(-1)?.loss ?? null]
  return before !== null && now !== null && before - now > FALLING_SHARE * Math.abs(before)
}
