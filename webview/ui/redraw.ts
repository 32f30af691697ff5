/** Milliseconds between two redraws. */
const INTERVAL = 250
/** A redraw that took t milliseconds is followed by at least this many times t of rest. */
const REST = 4

/**
 * Redraws in animation frames at most four times a second, less often when redrawing is slow, and not at all while
 * the page is hidden.
 */
export class Frames {
  readonly #draw: () => void
  #waiting = false
  #nextAt = 0

  constructor(draw: () => void) {
    this.#draw = draw
    document.addEventListener('visibilitychange', () => this.#waiting && this.#schedule())
  }

  /** Asks for a redraw; requests until it happens are one. */
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
    this.#nextAt = Math.max(start + INTERVAL, end + REST * (end - start))
  }
}
