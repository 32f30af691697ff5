/** Milliseconds between two redraws at least. */
const INTERVAL_MS = 250
/** Least pause after a redraw, as a multiple of the time it took. */
const REST_FACTOR = 4

/**
 * Redraws in animation frames at most four times a second, less often when redrawing is slow, and not at all while
 * the page is hidden.
 */
export class RedrawScheduler {
  readonly #draw: () => void
  #waiting = false
  #nextAt = 0

  constructor(draw: () => void) {
    this.#draw = draw
    document.addEventListener('visibilitychange', () => this.#waiting && this.#schedule())
  }

  /** Asks for a redraw. Further requests before it are part of it. */
  request(): void {
    if (this.#waiting) return
    this.#waiting = true
    this.#schedule()
  }

  #schedule(): void {
    if (document.hidden) return
    setTimeout(() => requestAnimationFrame(() => this.#run()), Math.max(0, this.#nextAt - performance.now()))
  }

  #run(): void {
    if (!this.#waiting) return
    this.#waiting = false
    const start = performance.now()
    this.#draw()
    const end = performance.now()
    this.#nextAt = Math.max(start + INTERVAL_MS, end + REST_FACTOR * (end - start))
  }
}
