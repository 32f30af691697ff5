/** Solving time that may be spent at once after a rest, ms: the first numbers, and a small model's epoch, come at once. */
const MOST_CREDIT_MS = 150

/**
 * Spreads work so that over time it takes a fixed share of one core: eigenvalues are solved beside the training, on
 * cores that the training would use. Time off earns credit up to a small maximum; work that overdraws it is rested from.
 */
export class DutyCycle {
  /** Share of one core's time, in (0, 1]. */
  share: number
  #credit = MOST_CREDIT_MS
  #at: number

  /**
   * @param share of one core's time, in (0, 1].
   * @param now ms, monotonic.
   */
  constructor(share: number, now: number) {
    this.share = share
    this.#at = now
  }

  /** Notes work of so many ms. */
  spent(ms: number): void {
    this.#credit -= ms
  }

  /** Milliseconds from `now` until there may be work again. */
  wait(now: number): number {
    this.#credit = Math.min(MOST_CREDIT_MS, this.#credit + (now - this.#at) * this.share)
    this.#at = now
    return this.#credit > 0 ? 0 : -this.#credit / this.share
  }
}
