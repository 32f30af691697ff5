/**
 * Says when something that repeats is due again, so that over any run it happens a bounded number of times: never
 * sooner than `minimum`, and no sooner than a fixed share of the time that has passed since the run began. Up to time T
 * it happens at most 2 + perEFold · (1 + ln(T / (minimum · perEFold))) times.
 */
export class LogSpaced {
  readonly #minimum: number
  readonly #perEFold: number
  /** When it last happened, ms since the run began. */
  last = -Infinity

  /**
   * @param minimum ms between two times.
   * @param perEFold times while the run's length grows by a factor of e.
   */
  constructor(minimum: number, perEFold: number) {
    this.#minimum = minimum
    this.#perEFold = perEFold
  }

  /** @param now ms since the run began. */
  due(now: number): boolean {
    return now - this.last >= Math.max(this.#minimum, now / this.#perEFold)
  }

  /** Notes that it happens now. */
  done(now: number): void {
    this.last = now
  }
}
