/** Times that the same problem is logged at most. */
const MAX_REPEATS_OF_A_PROBLEM = 100
/** Problems that a session logs at most for one run, so that they cannot flood its log. */
const MAX_PROBLEMS = 500

/** Decides which of the problems that a session meets are written to the run's log. */
export class ProblemLimit {
  readonly #timesByMessage = new Map<string, number>()
  #total = 0

  /**
   * Counts a problem.
   * @returns the message to log: the given one, a last one saying that no more will follow, or null when a limit is
   * exceeded.
   */
  admit(message: string): string | null {
    const times = (this.#timesByMessage.get(message) ?? 0) + 1
    if (times > MAX_REPEATS_OF_A_PROBLEM || this.#total > MAX_PROBLEMS) return null
    this.#total++
    if (this.#total > MAX_PROBLEMS) return 'Too many problems: further ones are not recorded.'
    this.#timesByMessage.set(message, times)
    return message
  }
}
