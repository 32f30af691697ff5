/** Interval over which the use of the processor is averaged, ms. */
const INTERVAL_MS = 500

/**
 * Finds which part of the solver's time the training loses. The solver takes a core that the training would use, if the
 * training keeps all of them busy; on a core that is idle it costs the training nothing.
 */
export class ProcessorUse {
  /** Time that the training has lost to the solver so far, ms. */
  takenMs = 0
  readonly #cores: number
  /** Cores that the process keeps busy beside the solver, on average; all of them until that is known. */
  #busyCores: number
  #since: number
  #cpuMs: number
  #solvedMs = 0

  /**
   * @param cores that the process may use
   * @param now ms, monotonic
   * @param cpuMs processor time of the whole process so far
   */
  constructor(cores: number, now: number, cpuMs: number) {
    this.#cores = cores
    this.#busyCores = cores
    this.#since = now
    this.#cpuMs = cpuMs
  }

  /** The part of the solver's time that the training loses, in [0, 1]. */
  get takenShare(): number {
    return Math.min(1, Math.max(0, this.#busyCores - (this.#cores - 1)))
  }

  /** Cores that the training leaves idle, at least 1: the solver needs one in any case. */
  get idleCores(): number {
    return Math.max(1, this.#cores - this.#busyCores)
  }

  /** The solver has worked for so many ms. @param cpuMs processor time of the whole process so far */
  solved(ms: number, now: number, cpuMs: number): void {
    this.#solvedMs += ms
    this.takenMs += ms * this.takenShare
    const interval = now - this.#since
    if (interval < INTERVAL_MS) return
    this.#busyCores = Math.max(0, cpuMs - this.#cpuMs - this.#solvedMs) / interval
    this.#since = now
    this.#cpuMs = cpuMs
    this.#solvedMs = 0
  }
}
