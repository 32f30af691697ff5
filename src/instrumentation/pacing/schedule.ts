import type { Split } from '../../protocol/measurement.ts'
import { STEPS_PER_WINDOW } from '../../run/sufficiency.ts'
import type { Channel } from '../reporting/channel.ts'
import { LogarithmicClock } from './logarithmicClock.ts'
import { sharedCopy } from '../reporting/sharedCopy.ts'
import type { Window } from '../sampling/window.ts'

/** Shortest time between two reports of the same layer while its window fills, ms. */
const MIN_REPORT_INTERVAL_MS = 500
/** Reports of one layer while the run's length grows by a factor of e. */
const REPORTS_PER_E_FOLD = 64
/**
 * Number of a layer's first reports that hold every eigenvalue however fast they come, so that short runs are kept
 * whole.
 */
const FIRST_WHOLE_SPECTRA = 64
/** Shortest time between two searches for a window that is due, ms. */
const MIN_SEARCH_INTERVAL_MS = 20
/**
 * Part of the monitor's budget that reports of filling windows may take. Each report of a wide layer costs a sum of its
 * rows and a copy of its covariance.
 */
const REPORTING_SHARE_OF_BUDGET = 0.2
/** Growth of a window's observations before it is asked again whether it has enough. */
const GROWTH_BETWEEN_CHECKS = 1.25

type Windows = Record<Split, Map<string, Window>>

/** When one layer's reports in one split are due. */
interface ReportClocks {
  /** Reports while the window fills. */
  open: LogarithmicClock
  /** Reports with every eigenvalue. */
  whole: LogarithmicClock
}

/**
 * Decides when which window goes to the worker. While windows fill, layers take turns: at most one is sent per training
 * step, and only when the worker is free. When windows end, all of them are sent. Reports grow rarer as the run grows
 * longer, so that the log of a long run stays small (docs/scale.md).
 */
export class Schedule {
  readonly #channel: Channel
  readonly #clocks = new WeakMap<Window, ReportClocks>()
  /**
   * Observations that each window held when it last ended. Its new contents are not reported before there are as many,
   * or enough to judge the layer: numbers from fewer would be a step back.
   */
  readonly #countAtLastEnd = new WeakMap<Window, number>()
  /** Observations that each window held when it was last found to be too few to end. */
  readonly #countAtLastCheck = new WeakMap<Window, number>()
  /** When a window may end again, ms since the run began. It matters only in training without epochs. */
  #nextEndAt = -Infinity
  /** Share of training time that reports of filling windows may take. */
  readonly #share: number
  /** When to search for a due window again, ms since the run began. */
  #nextSearchAt = -Infinity
  /** Time that the last end of windows took, ms. */
  closingMs = 0

  /** @param budget the monitor's share of the training time. */
  constructor(channel: Channel, budget: number) {
    this.#channel = channel
    this.#share = budget * REPORTING_SHARE_OF_BUDGET
  }

  /**
   * Sends the filling window that has waited longest for a report, if one is due.
   * @param now ms since the run began.
   */
  reportNext(windows: Windows, step: number, epoch: number | null, now: number): void {
    if (now < this.#nextSearchAt) return
    this.#nextSearchAt = now + MIN_SEARCH_INTERVAL_MS
    let longest: { layer: string; split: Split; window: Window; clocks: ReportClocks } | null = null
    for (const split of ['train', 'eval'] as const) {
      for (const [layer, window] of windows[split]) {
        if (this.#channel.isFull(window.accumulator.width)) continue
        const clocks = this.#clocksOf(window)
        // Where windows end without epochs, the whole window is worth waiting for, if it ends soon.
        const intervals = epoch === null && this.#countAtLastEnd.has(window) ? 2 : 1
        if (!clocks.open.due(now, intervals) || !this.#isWorthReporting(window)) continue
        if (!longest || clocks.open.last < longest.clocks.open.last) longest = { layer, split, window, clocks }
      }
    }
    if (!longest) return
    const began = performance.now()
    longest.clocks.open.done(now)
    this.#post(longest.layer, longest.split, longest.window, {
      step,
      epoch,
      endOfEpoch: false,
      epochs: longest.window.epochsEnded + (epoch === null ? 0 : 1),
      now,
    })
    this.#nextSearchAt = now + Math.max(MIN_SEARCH_INTERVAL_MS, (performance.now() - began) / this.#share)
  }

  /**
   * Ends the window that is longest, in training without epochs: one that covers `STEPS_PER_WINDOW` and is enough to
   * judge the layer. At most one window ends in a step. It ends whether or not a report is due, because a window that
   * goes on for long would hide that a layer dies.
   * @param now ms since the run began.
   */
  endNext(windows: Windows, step: number, now: number): void {
    if (now < this.#nextEndAt) return
    let longest: { layer: string; split: Split; window: Window } | null = null
    for (const split of ['train', 'eval'] as const) {
      for (const [layer, window] of windows[split]) {
        const first = window.firstStep ?? Infinity
        if (step - first + 1 < STEPS_PER_WINDOW || window.count + window.rejected < this.#countToEnd(window)) continue
        if (!longest || first < longest.window.firstStep!) longest = { layer, split, window }
      }
    }
    if (!longest) return
    const began = performance.now()
    const { layer, split, window } = longest
    if (window.isFull(0)) this.#end(layer, split, window, step, now)
    else this.#countAtLastCheck.set(window, window.count)
    this.#nextEndAt = now + (performance.now() - began) / this.#share
  }

  #end(layer: string, split: Split, window: Window, step: number, now: number): void {
    const { open } = this.#clocksOf(window)
    this.#countAtLastEnd.set(window, window.count)
    this.#countAtLastCheck.delete(window)
    if (open.due(now)) {
      open.done(now)
      this.#post(layer, split, window, { step, epoch: null, endOfEpoch: true, epochs: 0, now })
    }
    window.reset()
  }

  /** Observations that a window needs before it is worth asking whether it may end. */
  #countToEnd(window: Window): number {
    return Math.max(window.needed, GROWTH_BETWEEN_CHECKS * (this.#countAtLastCheck.get(window) ?? 0))
  }

  /**
   * Reports the windows at the end of an epoch or of the run, and resets those that end.
   * @param now ms since the run began.
   * @param last whether no further window is expected, so that these numbers stay the final ones.
   * @param ending which windows end now.
   *   `full`, at an epoch's end: those with enough observations to judge the layer. The others go on filling, and are
   *   reported as such.
   *   `every`, at an epoch's end: all.
   *   `none`, at an epoch's end: none; all are reported and go on.
   *   `run`, at the end of the run: all.
   */
  closeAll(
    windows: Windows,
    step: number,
    epoch: number | null,
    now: number,
    last: boolean,
    ending: 'full' | 'every' | 'none' | 'run',
  ): void {
    const began = performance.now()
    for (const split of ['train', 'eval'] as const) {
      for (const [layer, window] of windows[split]) {
        if (window.count + window.rejected === 0) continue
        if (ending !== 'run') window.epochsEnded++
        if (ending === 'full' && !window.isFull(window.epochsEnded)) continue
        const goesOn = ending === 'none'
        if (!goesOn) this.#countAtLastEnd.set(window, window.count)
        this.#post(layer, split, window, {
          step,
          epoch,
          endOfEpoch: true,
          epochs: window.epochsEnded + (ending === 'run' && epoch !== null ? 1 : 0),
          now,
          last,
        })
        if (!goesOn) window.reset()
      }
    }
    this.closingMs = performance.now() - began
  }

  /** Lets all windows go on over the end of an epoch that is not reported. */
  skipEpoch(windows: Windows): void {
    for (const split of ['train', 'eval'] as const) {
      for (const window of windows[split].values()) if (window.count + window.rejected > 0) window.epochsEnded++
    }
  }

  /** Reports and frees the windows of a layer that was disposed of. */
  closeLayer(layer: string, windows: Windows, step: number, now: number): void {
    for (const split of ['train', 'eval'] as const) {
      const window = windows[split].get(layer)
      if (!window) continue
      windows[split].delete(layer)
      if (window.count + window.rejected === 0) continue
      const epochs = window.epochsEnded
      this.#post(layer, split, window, { step, epoch: null, endOfEpoch: true, epochs, now, last: true })
    }
  }

  #isWorthReporting(window: Window): boolean {
    if (window.fresh === 0) return false
    const enough = Math.min(window.needed, this.#countAtLastEnd.get(window) ?? 0)
    return window.count >= enough || window.rejected > 0
  }

  #clocksOf(window: Window): ReportClocks {
    let clocks = this.#clocks.get(window)
    if (!clocks) {
      const clock = (first = 0) => new LogarithmicClock(MIN_REPORT_INTERVAL_MS, REPORTS_PER_E_FOLD, first)
      this.#clocks.set(window, (clocks = { open: clock(), whole: clock(FIRST_WHOLE_SPECTRA) }))
    }
    return clocks
  }

  #post(
    layer: string,
    split: Split,
    window: Window,
    at: {
      step: number
      epoch: number | null
      endOfEpoch: boolean
      epochs: number
      now: number
      last?: boolean
    },
  ): void {
    const effective = window.effective(at.epochs)
    const { seen, rejected } = window
    const { count, width, mean, rounding, products } = window.accumulator
    const { step, epoch, endOfEpoch, epochs, now, last } = at
    const clocks = this.#clocksOf(window)
    const wholeSpectrum = last === true || clocks.whole.due(now)
    if (wholeSpectrum) clocks.whole.done(now)
    window.fresh = 0
    this.#channel.post({
      type: 'measure',
      layer,
      split,
      step,
      epoch,
      endOfEpoch,
      wholeSpectrum,
      seen: Math.round(seen),
      rejected,
      firstStep: Math.min(window.firstStep ?? step, step),
      epochs,
      // In an exponential window, the sum of the weights.
      count,
      effective,
      width,
      mean,
      products: sharedCopy(products),
      rounding,
      sample: endOfEpoch ? window.sample : null,
      squares: window.accumulator.squares,
    })
  }
}
