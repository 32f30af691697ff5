import type { Sampling, Split } from '../../protocol/events.ts'
import { OBSERVATIONS_PER_FEATURE, ROWS_PER_FEATURE } from '../../run/sufficiency.ts'

/** Fewer rows of one step would save next to nothing. */
const MIN_ROWS = 8

/** Observations per feature to reach in a window, a little above what is needed: a window's last step may be cut. */
const ENOUGH = 1.05 * OBSERVATIONS_PER_FEATURE

/** Halvings of the rows per feature, 8 to 1: those of layers with many rows (convolutions), and no truth. */
const FEATURE_OCTAVES = 3
/** Then fewer layers per step, in turn: down to every 32nd. */
const STRIDE_OCTAVES = 5

/** Between two looks at the cost: this much time, and as many measured steps or, where most are waited through, steps. */
const INTERVAL_MS = 500
const INTERVAL_STEPS = 8
const WAITED_STEPS = 32
/** Octaves to come back by at one look, and to give up. */
const MOST_BACK = 0.3
const MOST_GIVEN_UP = 2
/** Shares this many octaves off are not approached with care. */
const FAR = 2

/**
 * Part of the limit that may be spent on what can be timed: caches, garbage, the worker's eigenvalues and the waiting at
 * barriers take about as much again, which only pairs of trainings show (docs/performance.md).
 */
const SPENT = 0.45
/**
 * Parts that are aimed at by giving up rows, which changes no number, and by leaving layers out of steps, which makes them
 * wait for theirs. Nearer to what may be spent, every step that costs more by chance would have to be waited for.
 */
const ROWS_AIM = 0.27
const LAYERS_AIM = 0.37

/** The limit holds over this much training: what was not spent in it is not saved, what is overspent is waited for. */
const SPAN_MS = 2000

/**
 * Keeps measuring under a share of the training thread's time. In the long run by how much it takes: it gives
 * up rows first, then layers per step, because rows left out do not bias k and steps left out may. In the short run by
 * waiting: after a step that cost more than there was, nothing is measured until training has caught up.
 */
export class Budget {
  /** Share of training time to stay under, in (0, 1]. */
  readonly limit: number
  readonly #all: boolean
  /** Milliseconds that may be spent for each of training. */
  readonly #rate: number
  /** Halvings of the cost, 0 to the sum of the octaves above; fractions count. */
  #thinning = 0
  /** Milliseconds that may be spent, at most those of a span; negative when more was spent than there was. */
  #credit: number
  /** Part of them that is to be kept. */
  #owed = 0
  /** Of the present look: when it began, what had been spent then, its steps, and those of them that were measured. */
  #since: number | null = null
  #spentBefore = 0
  #steps = 0
  #measured = 0
  /** At the last step. */
  #now = 0
  #spent = 0

  /**
   * @param limit share of training time, in (0, 1].
   * @param all whether to take every row of every step, whatever it costs.
   */
  constructor(limit: number, all = false) {
    this.limit = limit
    this.#all = all
    this.#rate = SPENT * limit
    // Runs of a few seconds would else be over before they are seen.
    this.#credit = this.#rate * SPAN_MS
  }

  /** How much is measured at present. */
  get sampling(): Sampling {
    if (this.#all) return { rowsPerFeature: null, layerStride: 1 }
    const octaves = (from: number, most: number): number => Math.min(most, Math.max(0, this.#thinning - from))
    return {
      rowsPerFeature: ROWS_PER_FEATURE / 2 ** octaves(0, FEATURE_OCTAVES),
      layerStride: 2 ** octaves(FEATURE_OCTAVES, STRIDE_OCTAVES),
    }
  }

  /**
   * Rows to take at most of a layer's output [rows, width] in one step.
   * @param steps of the window, where known. A layer that is measured at all gets enough rows in them to be judged by:
   *   rows too few to judge by would be paid for in vain.
   */
  rows(width: number, rows: number, steps: number | null): number {
    const { rowsPerFeature } = this.sampling
    if (rowsPerFeature === null) return rows
    const enough = steps ? Math.ceil((ENOUGH * width * this.stride(width, rows, steps)) / steps) : 0
    return Math.min(rows, Math.max(MIN_ROWS, enough, width * rowsPerFeature))
  }

  /**
   * Every how many steps a layer with outputs [rows, width] is measured, ≥ 1: as rarely as the budget wants it, but of a
   * window of so many steps in enough to judge the layer by. Convolutions give that in a few steps and leave the time to
   * dense layers, which give a row for each example.
   * @param steps of the window, where known
   */
  stride(width: number, rows: number, steps: number | null): number {
    const { layerStride } = this.sampling
    if (!steps) return layerStride
    const most = Math.min(rows, width * ROWS_PER_FEATURE)
    return Math.max(1, Math.min(layerStride, (steps * most) / (ENOUGH * width)))
  }

  /**
   * Whether a layer is measured now.
   * @param turn the layer's position plus the number of its calls so far, so that layers take turns.
   * @param stride of the layer
   * @param split only training waits: an evaluation that comes at the wrong moment would not be seen at all.
   */
  includes(turn: number, stride: number, split: Split = 'train'): boolean {
    if (split === 'train' && this.#waits) return false
    return Math.floor((turn + 1) / stride) > Math.floor(turn / stride)
  }

  get #waits(): boolean {
    return this.#credit < this.#owed && !this.#all
  }

  /**
   * Notes a training step's cost.
   * @param now wall clock, ms
   * @param spent on measuring since the run began, ms: only what ends when nothing is measured
   * @param owed part of the cost of the present windows' end that belongs to the steps so far, ms: it comes all at once
   *   and would otherwise be waited for at the start of the next windows, of which that part would not be seen.
   */
  step(now: number, spent: number, owed = 0): void {
    this.#steps++
    if (!this.#waits) this.#measured++
    if (this.#since === null) this.#look(now, spent)
    else {
      const training = now - this.#now - (spent - this.#spent)
      this.#credit = Math.min(this.#rate * SPAN_MS + owed, this.#credit + this.#rate * training) - (spent - this.#spent)
      this.#owed = owed
      const seen = this.#measured >= INTERVAL_STEPS || (this.#measured > 0 && this.#steps >= WAITED_STEPS)
      if (seen && now - this.#since >= INTERVAL_MS) this.#adapt(now, spent)
    }
    this.#now = now
    this.#spent = spent
  }

  #adapt(now: number, spent: number): void {
    const cost = spent - this.#spentBefore
    const share = cost / Math.max(1e-9, now - this.#since! - cost)
    // What it would be without waiting.
    const wanted = Math.max(1e-6, (share * this.#steps) / this.#measured)
    const thinnedTo = (aim: number): number => {
      const off = Math.log2(wanted / (aim * this.limit))
      // Not all the way at once: halving the rows does not halve the cost.
      const change = off > FAR ? off : off / 2
      return this.#thinning + Math.max(-MOST_BACK, Math.min(MOST_GIVEN_UP, change))
    }
    const rows = thinnedTo(ROWS_AIM)
    const thinning = rows <= FEATURE_OCTAVES ? rows : Math.max(FEATURE_OCTAVES, thinnedTo(LAYERS_AIM))
    this.#thinning = Math.min(FEATURE_OCTAVES + STRIDE_OCTAVES, Math.max(0, thinning))
    this.#look(now, spent)
  }

  #look(now: number, spent: number): void {
    this.#since = now
    this.#spentBefore = spent
    this.#steps = this.#measured = 0
  }
}
