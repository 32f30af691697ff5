/**
 * Says when something that repeats is due again, so that over any run it happens a bounded number of times: never
 * sooner than `minimum`, and no sooner than a fixed share of the time that has passed since the run began. Up to time T
 * it happens at most 2 + perEFold · (1 + ln(T / (minimum · perEFold))) times, and as often again as it is let at first.
 */
export class LogSpaced {
  readonly #minimum: number
  readonly #perEFold: number
  readonly #first: number
  #times = 0
  /** When it last happened, ms since the run began. */
  last = -Infinity

  /**
   * @param minimum ms between two times.
   * @param perEFold times while the run's length grows by a factor of e.
   * @param first times at the beginning that are due however fast they come.
   */
  constructor(minimum: number, perEFold: number, first = 0) {
    this.#minimum = minimum
    this.#perEFold = perEFold
    this.#first = first
  }

  /** @param now ms since the run began. */
  due(now: number): boolean {
    return this.#times < this.#first || now - this.last >= Math.max(this.#minimum, now / this.#perEFold)
  }

  /** Notes that it happens now. */
  done(now: number): void {
    this.last = now
    this.#times++
  }
}
