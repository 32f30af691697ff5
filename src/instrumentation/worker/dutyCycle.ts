/**
 * Most solving time that a rest can earn, ms. It lets the first numbers, and those of a small model's epoch, come
 * without a wait.
 */
const MAX_CREDIT_MS = 150

/**
 * Keeps work to a duty cycle: over time it takes a fixed share of one core. Eigenvalues are solved beside the training,
 * on cores that the training would use. Time without work earns credit up to a small maximum; work that overdraws the
 * credit is followed by a rest.
 */
export class DutyCycle {
  /** Share of one core's time, in (0, 1]. */
  share: number
  #credit = MAX_CREDIT_MS
  #updatedAt: number

  /**
   * @param share of one core's time, in (0, 1].
   * @param now ms, monotonic.
   */
  constructor(share: number, now: number) {
    this.share = share
    this.#updatedAt = now
  }

  /** Records work of so many ms. */
  spend(ms: number): void {
    this.#credit -= ms
  }

  /** Milliseconds from `now` until work may begin again; 0 when it may begin now. */
  delay(now: number): number {
    this.#credit = Math.min(MAX_CREDIT_MS, this.#credit + (now - this.#updatedAt) * this.share)
    this.#updatedAt = now
    return this.#credit > 0 ? 0 : -this.#credit / this.share
  }
}
