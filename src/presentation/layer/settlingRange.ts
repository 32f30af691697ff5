import type { SettledSince } from '../../advice/settled/settledSince.ts'
import { epochsOf, settlingOf, EPOCHS_TO_SETTLE, EPOCHS_TO_SETTLE_WHILE_LEARNING } from '../../advice/settling.ts'
import type { EndedWindow } from '../../run/endedWindows.ts'
import type { LayerState } from '../../run/state.ts'
import { number, pluralise } from '../numbers.ts'

/** When a width counts as settled, in a sentence. */
export const SETTLING_RULE =
  `A width is estimated when it has moved by no more than an eighth over ${EPOCHS_TO_SETTLE} epochs, or over ` +
  `${EPOCHS_TO_SETTLE_WHILE_LEARNING} while the loss still falls by a tenth.`

/** What the points on the curves of saturation mean. */
export const MARK_EXPLAINED = 'A point marks since when a layer’s verdict and width to try have not changed.'

/**
 * The values of k at the ends of the windows so far, while they move: `64–88 over 3 epochs`, `64 after 1 epoch`,
 * `64–88 over 2 windows` where no epochs are known, `64–88 at 99 % over 3 epochs` where the run's delta is another. Null
 * before a window has ended.
 */
export function settlingRange(layer: LayerState): string | null {
  const { windows } = settlingOf(layer)
  if (windows.length === 0) return null
  // The width rests on k at 99 %, also where the run counts k at another share.
  const values = windows.map(({ k99 }) => k99)
  const share = windows.some(({ k, k99 }) => k !== k99) ? ' at 99 %' : ''
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const range = low === high ? number(low) : `${number(low)}–${number(high)}`
  return `${range}${share} ${windows.length === 1 ? 'after' : 'over'} ${extentOf(windows)}`
}

/** `epoch 4`, counted from 1, or `step 1,200` where no epochs are known. */
export function settledWhen({ epoch, step }: SettledSince): string {
  return epoch === null ? `step ${number(step)}` : `epoch ${number(epoch + 1)}`
}

/** That a layer has settled, in a sentence. */
export function settledSentence(since: SettledSince): string {
  return `Settled since ${settledWhen(since)}: neither its verdict nor an estimate of its width has changed.`
}

function extentOf(windows: readonly EndedWindow[]): string {
  return windows.every((window) => window.epochs > 0)
    ? pluralise(epochsOf(windows), 'epoch')
    : pluralise(windows.length, 'window')
}
