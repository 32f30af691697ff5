/**
 * Says when a repeated event is due again, at logarithmic spacing: two events are at least `minimum` ms apart, and at
 * least a fixed share of the time since the run began. Any run therefore has a bounded number of them. Up to time T
 * there are at most 2 + perEFold · (1 + ln(T / (minimum · perEFold))) events, plus the `first` ones, which are always
 * due.
 */
export class LogarithmicClock {
  readonly #minimum: number
  readonly #perEFold: number
  readonly #first: number
  #times = 0
  /** When the last event happened, ms since the run began; -Infinity before the first. */
  last = -Infinity

  /**
   * @param minimum ms between two events.
   * @param perEFold events while the run's length grows by a factor of e.
   * @param first number of events at the beginning that are due however fast they come.
   */
  constructor(minimum: number, perEFold: number, first = 0) {
    this.#minimum = minimum
    this.#perEFold = perEFold
    this.#first = first
  }

  /**
   * @param now ms since the run began.
   * @param intervals how many times the usual interval is to pass.
   */
  due(now: number, intervals = 1): boolean {
    const interval = Math.max(this.#minimum, now / this.#perEFold)
    return this.#times < this.#first || now - this.last >= intervals * interval
  }

  /** Records that the event happens now. @param now ms since the run began. */
  done(now: number): void {
    this.last = now
    this.#times++
  }
}
