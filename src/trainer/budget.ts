/** Rows a layer gives per step, as multiples of its width, while the budget allows: k was unchanged by this sample. */
const ROWS_PER_FEATURE = [8, 4, 2, 1]
/** Below this many rows the fixed cost of an op outweighs them: giving up more would cost truth and save nothing. */
const MIN_ROWS = 64
/** With the rows at their least, only every n-th layer is measured in a step, in turn. */
const LAYER_STRIDES = [2, 4, 8, 16]

/** Training steps between two looks at the cost. */
const INTERVAL = 40

/**
 * Keeps the monitor's share of the training thread's time under a limit: gives up rows first, then layers per step,
 * never whole steps, because dropping batches biases k and dropping rows does not. Comes back when there is room.
 */
export class Budget {
  readonly #limit: number
  #level = 0
  #steps = 0
  #monitorMs = 0
  #since: number | null = null

  /** @param limit share of training time, in (0, 1]. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Rows to take of a layer of this width in one step. */
  rows(width: number): number {
    const perFeature = ROWS_PER_FEATURE[Math.min(this.#level, ROWS_PER_FEATURE.length - 1)] ?? 1
    return Math.max(MIN_ROWS, width * perFeature)
  }

  /**
   * Whether a layer is measured now.
   * @param turn the layer's position plus the number of its calls so far, so that layers take turns.
   */
  includes(turn: number): boolean {
    return turn % (LAYER_STRIDES[this.#level - ROWS_PER_FEATURE.length] ?? 1) === 0
  }

  /**
   * Notes a training step's cost.
   * @param now wall clock, ms
   * @param monitorMs spent in the monitor since the run began
   */
  step(now: number, monitorMs: number): void {
    if (this.#since !== null && ++this.#steps < INTERVAL) return
    if (this.#since !== null) {
      const spent = monitorMs - this.#monitorMs
      const share = spent / Math.max(1e-9, now - this.#since - spent)
      const last = ROWS_PER_FEATURE.length + LAYER_STRIDES.length - 1
      if (share > this.#limit) this.#level = Math.min(last, this.#level + 1)
      // Halving the rows does not halve the cost: coming back only far below the limit avoids swinging.
      else if (share < this.#limit / 2) this.#level = Math.max(0, this.#level - 1)
    }
    this.#since = now
    this.#monitorMs = monitorMs
    this.#steps = 0
  }
}
