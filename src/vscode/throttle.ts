/**
 * Throttle: runs a task at most once per interval, however often it is requested. After a pause the task runs at once;
 * otherwise it runs when the interval is over, so that the last request is never lost.
 */
export class Throttle {
  readonly #intervalMs: number
  readonly #task: () => void
  #timer: NodeJS.Timeout | null = null
  #lastRunAt = -Infinity

  constructor(intervalMs: number, task: () => void) {
    this.#intervalMs = intervalMs
    this.#task = task
  }

  /** Runs the task now, or as soon as the interval allows. */
  request(): void {
    if (this.#timer) return
    const wait = this.#lastRunAt + this.#intervalMs - performance.now()
    if (wait <= 0) this.#run()
    else this.#timer = setTimeout(() => this.#run(), wait)
  }

  /** Drops a request whose task has not run yet. */
  cancel(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #run(): void {
    this.#timer = null
    this.#lastRunAt = performance.now()
    this.#task()
  }
}
