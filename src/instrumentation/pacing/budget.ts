import type { Sampling, Split } from '../../protocol/measurement.ts'
import { OBSERVATIONS_PER_FEATURE, ROWS_PER_FEATURE } from '../../run/sufficiency.ts'

/** Fewest rows that one step gives when the output has that many. Taking fewer would save next to nothing. */
const MIN_ROWS_PER_STEP = 8

/**
 * Observations that a layer should reach in a window of known length, as a multiple of those needed to judge it. It is
 * 5 % more, because the last step of a window may be cut short.
 */
const TARGET_SHARE_OF_NEEDED = 1.05
/**
 * Most observations per feature that a layer should reach in one window. A layer whose rows repeat or depend on each
 * other needs more, and gets them over several epochs.
 */
const MAX_TARGET_PER_FEATURE = 4 * OBSERVATIONS_PER_FEATURE

/**
 * How often the rows per feature can be halved: from 8 down to 1. Halving them saves time in layers with many rows
 * (convolutions) and does not bias k.
 */
const MAX_ROW_HALVINGS = 3
/** How often the stride can be doubled once the rows are down to 1 per feature: up to every 32nd step of a layer. */
const MAX_STRIDE_DOUBLINGS = 5

/** Shortest time between two adjustments of the thinning, ms. */
const ADJUSTMENT_INTERVAL_MS = 500
/** Measured steps after which the cost is known well enough for an adjustment. */
const MEASURED_STEPS_PER_ADJUSTMENT = 8
/** Steps after which an adjustment needs only one measured step. It applies when most steps wait for credit. */
const WAITING_STEPS_PER_ADJUSTMENT = 32
/** Largest decrease of the thinning in one adjustment, in octaves. */
const MAX_THINNING_DECREASE = 0.3
/** Largest increase of the thinning in one adjustment, in octaves. */
const MAX_THINNING_INCREASE = 2
/** A cost this many octaves above its target is corrected in full; a smaller deviation is corrected by half. */
const UNDAMPED_ABOVE_OCTAVES = 2

/**
 * Part of the limit that may be spent on work that can be timed. Caches, garbage collection, the worker's eigenvalues
 * and the waiting at barriers cost about as much again, which only pairs of trainings show (docs/performance.md).
 */
const TIMED_SHARE = 0.45
/** How much more of the limit is spent while a layer has too few observations to be judged. */
const FACTOR_WHILE_SHORT = 1.3
/**
 * Part of the limit that taking fewer rows aims at. It lies well below `TIMED_SHARE`: if the two were close, every step
 * that happens to cost more would make later steps wait. Leaving out rows changes no number.
 */
const ROW_TARGET_SHARE = 0.27
/**
 * Part of the limit that leaving layers out of steps aims at, below `TIMED_SHARE` for the same reason. It lies above
 * `ROW_TARGET_SHARE`, because a layer that is left out waits longer for its numbers.
 */
const LAYER_TARGET_SHARE = 0.37

/**
 * Training time that the token bucket holds credit for, ms. Credit beyond that is lost; time overspent is paid back by
 * waiting.
 */
const BUCKET_SPAN_MS = 2000

/**
 * Keeps measuring under a share of the training thread's time, in two ways.
 *
 * In the long run it thins what is measured by what measuring costs: first it takes fewer rows, then it measures fewer
 * layers per step. Rows go first because leaving out rows does not bias k, and leaving out steps may.
 *
 * In the short run it is a token bucket. Training time earns credit, measuring spends it, and after a step that cost
 * more than the credit nothing is measured until training has earned it back.
 */
export class Budget {
  /** Share of training time to stay under, in (0, 1]. */
  readonly limit: number
  readonly #all: boolean
  /** Whether a layer has too few observations to be judged. */
  isShort = false
  /**
   * How much less than everything is measured, in octaves of cost: 0 to the sum of the two maxima above, with
   * fractions.
   */
  #thinning = 0
  /** Milliseconds that may be spent on measuring now; negative when more was spent than earned. */
  #credit: number
  /** Part of the credit that is reserved for the end of the present windows, ms. */
  #reserved = 0
  /** When the last adjustment was made, ms of the wall clock; null before the first step. */
  #adjustedAt: number | null = null
  /** Cost of measuring up to the last adjustment, ms. */
  #costAtAdjustment = 0
  /** Steps since the last adjustment. */
  #steps = 0
  /** Steps since the last adjustment that did not wait for credit. */
  #measured = 0
  /** Wall clock at the last step, ms. */
  #lastStepAt = 0
  /** Cost of measuring up to the last step, ms. */
  #lastCost = 0

  /**
   * @param limit share of training time, in (0, 1].
   * @param all whether to take every row of every step, whatever it costs.
   */
  constructor(limit: number, all = false) {
    this.limit = limit
    this.#all = all
    // The bucket starts full. Otherwise a run of a few seconds would end before anything of it was measured.
    this.#credit = this.#rate * BUCKET_SPAN_MS
  }

  /** Whether every row of every step is taken, whatever that costs. */
  get isUnlimited(): boolean {
    return this.#all
  }

  /** How much is measured at present. */
  get sampling(): Sampling {
    if (this.#all) return { rowsPerFeature: null, layerStride: 1 }
    const octaves = (from: number, most: number): number => Math.min(most, Math.max(0, this.#thinning - from))
    return {
      rowsPerFeature: ROWS_PER_FEATURE / 2 ** octaves(0, MAX_ROW_HALVINGS),
      layerStride: 2 ** octaves(MAX_ROW_HALVINGS, MAX_STRIDE_DOUBLINGS),
    }
  }

  /**
   * Most rows to take of a layer's output [rows, width] in one step.
   * @param steps length of the window, null where unknown. When it is known, a measured layer gets enough rows per step
   *   to be judged at the window's end: fewer would cost time and show nothing.
   * @param needed observations that are needed to judge the layer
   */
  rows(width: number, rows: number, steps: number | null, needed = OBSERVATIONS_PER_FEATURE * width): number {
    const { rowsPerFeature } = this.sampling
    if (rowsPerFeature === null) return rows
    const stride = this.stride(width, rows, steps, needed)
    const perStep = steps ? Math.ceil((targetOf(width, needed) * stride) / steps) : 0
    return Math.min(rows, Math.max(MIN_ROWS_PER_STEP, perStep, width * rowsPerFeature))
  }

  /**
   * The stride of a layer with outputs [rows, width], ≥ 1: it is measured once in that many steps. The stride is as
   * long as the budget asks for, but short enough that the layer can be judged at the window's end. Convolutions reach
   * that in a few steps, which leaves the time to dense layers, whose outputs have only one row per example.
   * @param steps length of the window, null where unknown
   * @param needed observations that are needed to judge the layer
   */
  stride(width: number, rows: number, steps: number | null, needed = OBSERVATIONS_PER_FEATURE * width): number {
    const { layerStride } = this.sampling
    if (!steps) return layerStride
    const rowsPerStep = Math.min(rows, width * ROWS_PER_FEATURE)
    return Math.max(1, Math.min(layerStride, (steps * rowsPerStep) / targetOf(width, needed)))
  }

  /**
   * Whether a layer is measured now.
   * @param turn the layer's position plus the number of its calls so far, so that layers take turns.
   * @param stride of the layer
   * @param split only training waits for credit: an evaluation is over soon, and would not be seen at all.
   */
  includes(turn: number, stride: number, split: Split = 'train'): boolean {
    if (split === 'train' && this.#isWaiting) return false
    return Math.floor((turn + 1) / stride) > Math.floor(turn / stride)
  }

  /** Credit that a millisecond of training earns, ms. */
  get #rate(): number {
    return TIMED_SHARE * this.limit * this.#factor
  }

  get #factor(): number {
    return this.isShort ? FACTOR_WHILE_SHORT : 1
  }

  get #isWaiting(): boolean {
    return this.#credit < this.#reserved && !this.#all
  }

  /**
   * Records the cost of a training step.
   * @param now wall clock, ms
   * @param cost time spent on measuring since the run began, ms. It includes only time that would be saved if nothing
   *   were measured.
   * @param reserved credit to keep for the end of the present windows, in proportion to the steps so far, ms. That cost
   *   comes all at once. Without a reserve the next windows would wait for it at their start and miss their first
   *   steps.
   */
  step(now: number, cost: number, reserved = 0): void {
    this.#steps++
    if (!this.#isWaiting) this.#measured++
    if (this.#adjustedAt === null) this.#beginInterval(now, cost)
    else {
      const spent = cost - this.#lastCost
      const training = now - this.#lastStepAt - spent
      const capacity = this.#rate * BUCKET_SPAN_MS + reserved
      this.#credit = Math.min(capacity, this.#credit + this.#rate * training) - spent
      this.#reserved = reserved
      const isCostKnown =
        this.#measured >= MEASURED_STEPS_PER_ADJUSTMENT ||
        (this.#measured > 0 && this.#steps >= WAITING_STEPS_PER_ADJUSTMENT)
      if (isCostKnown && now - this.#adjustedAt >= ADJUSTMENT_INTERVAL_MS) this.#adjust(now, cost)
    }
    this.#lastStepAt = now
    this.#lastCost = cost
  }

  /** Adjusts the thinning to the cost since the last adjustment. */
  #adjust(now: number, cost: number): void {
    const spent = cost - this.#costAtAdjustment
    const share = spent / Math.max(1e-9, now - this.#adjustedAt! - spent)
    // The share of time that measuring would take if no step waited.
    const unpaced = Math.max(1e-6, (share * this.#steps) / this.#measured)
    const thinningFor = (target: number): number => {
      const octaves = Math.log2(unpaced / (target * this.limit * this.#factor))
      // By half only, because halving the rows does not halve the cost.
      const change = octaves > UNDAMPED_ABOVE_OCTAVES ? octaves : octaves / 2
      return this.#thinning + Math.max(-MAX_THINNING_DECREASE, Math.min(MAX_THINNING_INCREASE, change))
    }
    const byRows = thinningFor(ROW_TARGET_SHARE)
    const thinning = byRows <= MAX_ROW_HALVINGS ? byRows : Math.max(MAX_ROW_HALVINGS, thinningFor(LAYER_TARGET_SHARE))
    this.#thinning = Math.min(MAX_ROW_HALVINGS + MAX_STRIDE_DOUBLINGS, Math.max(0, thinning))
    this.#beginInterval(now, cost)
  }

  #beginInterval(now: number, cost: number): void {
    this.#adjustedAt = now
    this.#costAtAdjustment = cost
    this.#steps = this.#measured = 0
  }
}

/** Observations that a layer should reach in a window of known length. @param needed observations to judge it */
function targetOf(width: number, needed: number): number {
  return TARGET_SHARE_OF_NEEDED * Math.min(needed, MAX_TARGET_PER_FEATURE * width)
}
