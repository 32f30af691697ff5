/**
 * Runs a task at most once per interval however often it is asked for: at once after a pause, else when the interval
 * is over, so that the last request is never lost.
 */
export class Pace {
  readonly #interval: number
  readonly #task: () => void
  #timer: NodeJS.Timeout | null = null
  #last = -Infinity

  /** @param interval milliseconds */
  constructor(interval: number, task: () => void) {
    this.#interval = interval
    this.#task = task
  }

  /** Asks for a run of the task, now or as soon as the interval allows. */
  request(): void {
    if (this.#timer) return
    const wait = this.#last + this.#interval - Date.now()
    if (wait <= 0) this.#run()
    else this.#timer = setTimeout(() => this.#run(), wait)
  }

  /** Forgets a request that has not run yet. */
  cancel(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #run(): void {
    this.#timer = null
    this.#last = Date.now()
    this.#task()
  }
}
