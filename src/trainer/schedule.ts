import type { Split } from '../run/events.ts'
import type { Channel } from './channel.ts'
import type { Window } from './window.ts'

/** The same layer is not reported more often than this within a window. */
const MIN_INTERVAL_MS = 500
/** Measurements under way at the worker; one more keeps it from waiting for the next step. */
const MAX_QUEUED = 2
/** As in `advice`: with fewer observations a number is provisional. */
const OBSERVATIONS_PER_FEATURE = 10

type Windows = Record<Split, Map<string, Window>>

/**
 * Decides which window goes to the worker when: layers in turn while a window fills, one at most per training step
 * and only when the worker is free; all of them when a window ends.
 */
export class Schedule {
  readonly #channel: Channel
  readonly #offeredAt = new Map<Window, number>()
  /** Observations of each window when it was last closed: until then a new one's numbers would be a step back. */
  readonly #before = new Map<Window, number>()

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** @param now ms, monotonic. */
  offerNext(windows: Windows, step: number, epoch: number | null, now: number): void {
    if (this.#channel.queued >= MAX_QUEUED) return
    let longest: { layer: string; split: Split; window: Window; since: number } | null = null
    for (const split of ['train', 'eval'] as const) {
      for (const [layer, window] of windows[split]) {
        const since = this.#offeredAt.get(window) ?? -Infinity
        if (now - since < MIN_INTERVAL_MS || window.fresh === 0 || !this.#worthReporting(window)) continue
        if (!longest || since < longest.since) longest = { layer, split, window, since }
      }
    }
    if (!longest) return
    this.#offeredAt.set(longest.window, now)
    this.#post(longest.layer, longest.split, longest.window, step, epoch, false)
  }

  /** Reports every window for the last time, and starts the next. */
  closeAll(windows: Windows, step: number, epoch: number | null): void {
    for (const split of ['train', 'eval'] as const) {
      for (const [layer, window] of windows[split]) {
        const { count } = window.covariance
        if (count + window.rejected === 0) continue
        this.#post(layer, split, window, step, epoch, true)
        this.#before.set(window, count)
        window.reset()
      }
    }
  }

  #worthReporting(window: Window): boolean {
    const { count, width } = window.covariance
    const enough = Math.min(OBSERVATIONS_PER_FEATURE * width, this.#before.get(window) ?? 0)
    return count >= enough || window.rejected > 0
  }

  #post(layer: string, split: Split, window: Window, step: number, epoch: number | null, endOfEpoch: boolean): void {
    const { covariance, seen, rejected } = window
    const { count, width, mean, products } = covariance
    window.fresh = 0
    this.#channel.post(
      { type: 'measure', layer, split, step, epoch, endOfEpoch, seen, rejected, count, width, mean, products },
      // A closed window's matrices are not needed here any more; an open one's are copied.
      endOfEpoch ? [products.buffer as ArrayBuffer] : [],
    )
  }
}
