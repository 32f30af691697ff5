import type { Sampling } from '../run/events.ts'

/** Rows a layer gives per step, as a multiple of its width, while the budget allows: k was unchanged by this sample. */
const ROWS_PER_FEATURE = 8
/** Fewer rows of one step would save next to nothing. */
const MIN_ROWS = 8

/** Halvings of the rows per feature: 8 to 1. Costs wide-open layers (convolutions) only, and no truth. */
const FEATURE_OCTAVES = 3
/** Further halvings of what is left, in every layer. */
const ROW_OCTAVES = 3
/** Then only every 2nd … 32nd layer is measured in a step, in turn. */
const STRIDE_OCTAVES = 5

/** Between two looks at the cost: this much time and as many steps. */
const INTERVAL_MS = 500
const INTERVAL_STEPS = 8

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
    if (this.#all) return { rowsPerFeature: null, share: 1, layerStride: 1 }
    const t = this.#thinning
    const octaves = (from: number, most: number): number => Math.min(most, Math.max(0, t - from))
    return {
      rowsPerFeature: ROWS_PER_FEATURE / 2 ** octaves(0, FEATURE_OCTAVES),
      share: 1 / 2 ** octaves(FEATURE_OCTAVES, ROW_OCTAVES),
      layerStride: 2 ** Math.ceil(octaves(FEATURE_OCTAVES + ROW_OCTAVES, STRIDE_OCTAVES)),
    }
  }

  /** Rows to take at most of a layer's output [rows, width] in one step. */
  rows(width: number, rows: number): number {
    const { rowsPerFeature, share } = this.sampling
    if (rowsPerFeature === null) return rows
    return Math.max(MIN_ROWS, Math.min(rows, width * rowsPerFeature) * share)
  }

  /**
   * Whether a layer is measured now.
   * @param turn the layer's position plus the number of its calls so far, so that layers take turns.
   */
  includes(turn: number): boolean {
    return turn % this.sampling.layerStride === 0
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
      const share = spent / Math.max(1e-9, now - this.#since - spent)
      // Aims a little below the limit, and comes back slowly: halving the rows does not halve the cost.
      const change = Math.log2(share / (0.9 * this.limit))
      const most = FEATURE_OCTAVES + ROW_OCTAVES + STRIDE_OCTAVES
      if (change > 0) this.#thinning = Math.min(most, this.#thinning + Math.min(3, change))
      else if (change < -0.5) this.#thinning = Math.max(0, this.#thinning - 0.25)
    }
    this.#since = now
    this.#monitorMs = monitorMs
    this.#steps = 0
  }
}
