import type { Sampling } from '../run/events.ts'
import { OBSERVATIONS_PER_FEATURE, ROWS_PER_FEATURE } from '../run/observations.ts'

/** Fewer rows of one step would save next to nothing. */
const MIN_ROWS = 8

/** Observations per feature to reach in a window, a little above what is needed: a window's last step may be cut. */
const ENOUGH = 1.05 * OBSERVATIONS_PER_FEATURE

/** Halvings of the rows per feature, 8 to 1: those of layers with many rows (convolutions), and no truth. */
const FEATURE_OCTAVES = 3
/** Then fewer layers per step, in turn: down to every 32nd. */
const STRIDE_OCTAVES = 5

/** Between two looks at the cost: this much time and as many steps. */
const INTERVAL_MS = 500
const INTERVAL_STEPS = 8
/** Octaves to come back by at one look. */
const MOST_BACK = 0.3

/**
 * Keeps the monitor's share of the training thread's time under a limit: gives up rows first, then layers per step,
 * never whole steps, because dropping batches biases k and dropping rows does not. Comes back when there is room.
 */
export class Budget {
  /** Share of training time to stay under, in (0, 1]. */
  readonly limit: number
  readonly #all: boolean
  /** Halvings of the cost, 0 to the sum of the octaves above; fractions count. */
  #thinning = 0
  #steps = 0
  #monitorMs = 0
  #since: number | null = null

  /**
   * @param limit share of training time, in (0, 1].
   * @param all whether to take every row of every step, whatever it costs.
   */
  constructor(limit: number, all = false) {
    this.limit = limit
    this.#all = all
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
    const { rowsPerFeature, layerStride } = this.sampling
    if (rowsPerFeature === null) return rows
    const enough = steps ? Math.ceil((ENOUGH * width * layerStride) / steps) : 0
    return Math.min(rows, Math.max(MIN_ROWS, enough, width * rowsPerFeature))
  }

  /**
   * Whether a layer is measured now.
   * @param turn the layer's position plus the number of its calls so far, so that layers take turns.
   */
  includes(turn: number): boolean {
    const { layerStride } = this.sampling
    return Math.floor((turn + 1) / layerStride) > Math.floor(turn / layerStride)
  }

  /**
   * Notes a training step's cost.
   * @param now wall clock, ms
   * @param monitorMs spent in the monitor since the run began
   */
  step(now: number, monitorMs: number): void {
    this.#steps++
    if (this.#since !== null) {
      if (this.#steps < INTERVAL_STEPS || now - this.#since < INTERVAL_MS) return
      const spent = monitorMs - this.#monitorMs
      const share = Math.max(1e-6, spent / Math.max(1e-9, now - this.#since - spent))
      // Aims a little below the limit, and not all the way at once: an epoch's end costs in a moment what belongs to all
      // of it, and halving the rows does not halve the cost.
      const change = Math.log2(share / (0.9 * this.limit)) / 2
      const most = FEATURE_OCTAVES + STRIDE_OCTAVES
      this.#thinning = Math.min(most, Math.max(0, this.#thinning + Math.max(-MOST_BACK, Math.min(1, change))))
    }
    this.#since = now
    this.#monitorMs = monitorMs
    this.#steps = 0
  }
}
