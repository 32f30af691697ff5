import type { Channel } from './channel.ts'
import type { Problem } from './problems.ts'

/** Reports problems, each of them once however often it occurs. */
export class ProblemReporter {
  readonly #channel: Channel
  readonly #reported = new Set<string>()

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /**
   * @param key tells problems apart.
   * @param problem describes the problem; null while there is none.
   */
  reportOnce(key: string, problem: () => Problem | null): void {
    const found = this.#reported.has(key) ? null : problem()
    if (!found) return
    this.#reported.add(key)
    this.#channel.event(found)
  }
}
