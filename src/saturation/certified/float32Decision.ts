import type { Reduction } from '../linalg/tridiagonalReduction.ts'

/** Orders that float32 is worth its trouble at: below, measuring its error takes what it saves; beyond, nothing was measured. */
const SMALLEST = 200
const LARGEST = 4096
/** Columns before the first look at how the spectrum falls: at least so many, and at least this share of all. */
const FEWEST = 32
const FIRST = 1 / 32
/** No look after this share of the columns: too little is left to gain. */
const LAST = 1 / 8
/**
 * If T is expected to hold the share within these shares of the columns, stopping early is less work; the first is for a fall
 * that slows down, whose columns converge later.
 */
const SOON_SLOWING = 1 / 5
const SOON = 1 / 4
/** Float32's error bound as it usually comes out: this times √order times the Frobenius norm of what is reduced. */
const USUAL_BOUND = 2 ** -22

/**
 * Decides, panel by panel, whether reducing the rest in float32 promises k in less time than going on in float64 until k is
 * certain.
 */
export class SingleDecision {
  readonly #reduction: Reduction
  readonly #delta: number
  readonly #total: number
  /** k is at least this: j eigenvalues sum to at most √j times the Frobenius norm. */
  readonly #least: number
  /** Share of the trace that T lacked, before the first column and after each panel. */
  readonly #lacking: number[] = [1]
  /** Columns after which the next look is due. */
  #due: number

  /** @param reduction before its first column. @param delta share of the trace to hold. */
  constructor(reduction: Reduction, delta: number) {
    const { order } = reduction
    this.#reduction = reduction
    this.#delta = delta
    this.#total = reduction.restTrace()
    this.#least = (delta * this.#total) ** 2 / reduction.restSquares()
    this.#due =
      order < SMALLEST || order > LARGEST ? Infinity : this.#least > SOON * order ? 0 : Math.max(FEWEST, order * FIRST)
  }

  /** To be asked before the first column and after each panel: whether to do so now. True once at most. */
  pays(): boolean {
    const { order, columns } = this.#reduction
    if (columns > 0) this.#lacking.push(this.#reduction.restTrace() / this.#total)
    if (columns < this.#due) return false
    const soon = columns > 0 && this.#isSoon()
    this.#due = soon && 2 * columns <= LAST * order ? 2 * columns : Infinity
    return !soon && this.#isExactEnough()
  }

  #isSoon(): boolean {
    const { order, columns } = this.#reduction
    const lacking = this.#lacking
    const allowed = 1 - this.#delta
    const now = lacking.at(-1)!
    const panels = lacking.length - 1
    const before = lacking[panels >> 1]!
    const then = (columns * (panels >> 1)) / panels
    if (now <= allowed) return true
    if (!(now < before)) return false
    const [earlier, later] = [Math.log(before) / then, Math.log(now / before) / (columns - then)]
    // Geometric or faster: the straight line through both, which is early for it; the limits, found by timing, make up for that.
    if (later <= earlier) return columns + ((columns - then) * (now - allowed)) / (before - now) < SOON * order
    // Slowing down: the power law through both.
    const rate = Math.log(now / before) / Math.log(columns / then)
    return columns * (allowed / now) ** (1 / rate) < SOON_SLOWING * order
  }

  #isExactEnough(): boolean {
    const { order, columns } = this.#reduction
    const rest = order - columns
    const error = USUAL_BOUND * Math.sqrt(order * this.#reduction.restSquares())
    // What `dimensionInSingle` may have to doubt, at most, beside the k-th eigenvalue, which is at least the mean of those
    // from it on: they hold more than 1 − delta, and are order − k or one more.
    return (error * Math.sqrt(rest)) / 2 <= ((1 - this.#delta) * this.#total) / (order - this.#least)
  }
}
