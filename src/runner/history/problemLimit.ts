/** Same problem at most this often, and this many problems in all: a run's log is no place for a flood. */
const SAME = 100
const ALL = 500

/** Decides which of the problems that a session meets go into the run's log. */
export class TroubleLimit {
  readonly #times = new Map<string, number>()
  #total = 0

  /**
   * @returns the message to log: the one given, null when there were enough of it, or a last one saying that no more
   * will follow.
   */
  admit(message: string): string | null {
    const times = (this.#times.get(message) ?? 0) + 1
    if (times > SAME || this.#total > ALL) return null
    this.#total++
    if (this.#total > ALL) return 'Too many problems: further ones are not recorded.'
    this.#times.set(message, times)
    return message
  }
}
