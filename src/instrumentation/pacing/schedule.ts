import type { Split } from '../../protocol/events.ts'
import { OBSERVATIONS_PER_FEATURE } from '../../run/sufficiency.ts'
import { Sketch } from '../../saturation/sketch/sketch.ts'
import type { Channel } from '../reporting/channel.ts'
import { LogSpaced } from './logarithmicClock.ts'
import { sharedCopy } from '../reporting/sharedCopy.ts'
import type { Window } from '../sampling/window.ts'

/** The same layer is not reported more often than this within a window. */
const MIN_INTERVAL_MS = 500
/** Reports of one layer while the run's length grows by a factor of e. */
const PER_E_FOLD = 64
/** The first reports of a layer show every eigenvalue however fast they come: short runs are kept whole. */
const WHOLE_AT_FIRST = 64
/** Fewest milliseconds between two looks for a window that is due. */
const LOOK_MS = 20
/** Part of the monitor's budget that reports of filling windows may take: a wide layer's is summed and copied for each. */
const SHARE_OF_BUDGET = 0.2
type Windows = Record<Split, Map<string, Window>>

/** What is known of one layer's reports in one split. */
interface Reported {
  /** Reports while a window fills. */
  open: LogSpaced
  /** Reports with every eigenvalue. */
  whole: LogSpaced
}

/**
 * Decides which window goes to the worker when: layers in turn while a window fills, one at most per training step
 * and only when the worker is free; all of them when a window ends. Reports grow rarer as the run grows longer, so
 * that the log of a long run stays small (docs/scale.md).
 */
export class Schedule {
  readonly #channel: Channel
  readonly #reported = new WeakMap<Window, Reported>()
  /** Observations of each window when it was last closed: until then a new one's numbers would be a step back. */
  readonly #before = new WeakMap<Window, number>()
  readonly #share: number
  #restUntil = -Infinity
  /** What the last end of windows took, ms. */
  closingMs = 0

  /** @param budget the monitor's share of the training time. */
  constructor(channel: Channel, budget: number) {
    this.#channel = channel
    this.#share = budget * SHARE_OF_BUDGET
  }

  /** @param now ms since the run began. */
  offerNext(windows: Windows, step: number, epoch: number | null, now: number): void {
    if (now < this.#restUntil) return
    this.#restUntil = now + LOOK_MS
    let longest: { layer: string; split: Split; window: Window; reported: Reported } | null = null
    for (const split of ['train', 'eval'] as const) {
      for (const [layer, window] of windows[split]) {
        if (this.#channel.isFull(window.covariance.width)) continue
        const reported = this.#reports(window)
        if (!reported.open.due(now) || !this.#worthReporting(window)) continue
        if (!longest || reported.open.last < longest.reported.open.last) longest = { layer, split, window, reported }
      }
    }
    if (!longest) return
    const began = performance.now()
    longest.reported.open.done(now)
    longest.window.settle()
    this.#post(longest.layer, longest.split, longest.window, {
      step,
      epoch,
      endOfEpoch: false,
      epochs: longest.window.epochsEnded + (epoch === null ? 0 : 1),
      now,
    })
    this.#restUntil = now + Math.max(LOOK_MS, (performance.now() - began) / this.#share)
  }

  /**
   * Reports the windows at the end of an epoch or of the run, and starts the next. Windows that are to end with the
   * epoch but hold too few observations to judge by go on, and are reported as any that fills.
   * @param now ms since the run began.
   * @param ending which windows end now, the others go on: at an epoch's end those with observations enough, every
   *   one or none; at the end of the run all.
   * @param last whether no further window is expected; what is reported now is shown from then on.
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
        if (ending === 'full' && !window.full) continue
        window.settle()
        const goesOn = ending === 'none'
        if (!goesOn) this.#before.set(window, window.count)
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

  /** Lets all windows go on over the end of an epoch that nobody is told of. */
  passOver(windows: Windows): void {
    for (const split of ['train', 'eval'] as const) {
      for (const window of windows[split].values()) if (window.count + window.rejected > 0) window.epochsEnded++
    }
  }

  /** Reports what the windows of a layer hold that was disposed of, and frees them. */
  closeFor(layer: string, windows: Windows, step: number, now: number): void {
    for (const split of ['train', 'eval'] as const) {
      const window = windows[split].get(layer)
      if (!window) continue
      windows[split].delete(layer)
      if (window.count + window.rejected === 0) continue
      window.settle()
      const epochs = window.epochsEnded
      this.#post(layer, split, window, { step, epoch: null, endOfEpoch: true, epochs, now, last: true })
    }
  }

  #worthReporting(window: Window): boolean {
    if (window.fresh === 0) return false
    const enough = Math.min(OBSERVATIONS_PER_FEATURE * window.covariance.width, this.#before.get(window) ?? 0)
    return window.count >= enough || window.rejected > 0
  }

  #reports(window: Window): Reported {
    let reported = this.#reported.get(window)
    if (!reported) {
      const clock = (first = 0) => new LogSpaced(MIN_INTERVAL_MS, PER_E_FOLD, first)
      this.#reported.set(window, (reported = { open: clock(), whole: clock(WHOLE_AT_FIRST) }))
    }
    return reported
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
    const { seen, rejected } = window
    const { count, width, mean, rounding, products } = window.covariance
    const { step, epoch, endOfEpoch, epochs, now, last } = at
    const reported = this.#reports(window)
    const wholeSpectrum = last === true || reported.whole.due(now)
    if (wholeSpectrum) reported.whole.done(now)
    window.fresh = 0
    this.#channel.post({
      type: 'measure',
      layer,
      split,
      step,
      epoch,
      endOfEpoch,
      wholeSpectrum,
      seen,
      rejected,
      firstStep: Math.min(window.firstStep ?? step, step),
      epochs,
      // Of an exponential window the weights' sum.
      count,
      width,
      mean,
      products: sharedCopy(products),
      rounding,
      sample: endOfEpoch ? window.sample : null,
      squares: window.covariance instanceof Sketch ? window.covariance.squares : null,
    })
  }
}
