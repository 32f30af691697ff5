import type { TridiagonalReduction } from '../linalg/tridiagonalReduction.ts'

/** Smallest order that float32 is used for. Below, measuring its error takes as long as it saves. */
const MIN_ORDER = 200
/** Largest order that float32 is used for. No larger matrices have been timed. */
const MAX_ORDER = 4096
/** Fewest columns before the first check of how fast the spectrum decays. */
const MIN_COLUMNS_BEFORE_CHECK = 32
/** Smallest share of the columns before the first check of how fast the spectrum decays. */
const MIN_SHARE_BEFORE_CHECK = 1 / 32
/** Share of the columns after which there are no more checks, because float32 could no longer save enough. */
const MAX_SHARE_AT_CHECK = 1 / 8
/**
 * Stopping early in float64 is less work if T is expected to hold delta of the trace within this share of the columns.
 */
const EARLY_SHARE = 1 / 4
/** The same share for a spectrum whose decay slows down, as k becomes certain later then. */
const EARLY_SHARE_SLOWING = 1 / 5
/** Typical bound on float32's error, divided by √order and by the Frobenius norm of the reduced block. */
const TYPICAL_ERROR = 2 ** -22

/**
 * Decides after each panel whether reducing the rest in float32 is likely to give k in less time than continuing in
 * float64 until k is certain.
 */
export class Float32Decision {
  readonly #reduction: TridiagonalReduction
  readonly #delta: number
  readonly #total: number
  /** Lower bound of k: the sum of j eigenvalues is at most √j times the Frobenius norm. */
  readonly #minK: number
  /** Shares of the trace that T lacked: before the first column, and after each panel. */
  readonly #lacking: number[] = [1]
  /** Number of columns at which the next check is due. */
  #nextCheck: number

  /**
   * @param reduction a reduction of which no column has been reduced yet.
   * @param delta share of the trace that k eigenvalues have to hold.
   */
  constructor(reduction: TridiagonalReduction, delta: number) {
    const { order } = reduction
    this.#reduction = reduction
    this.#delta = delta
    this.#total = reduction.trailingTrace()
    this.#minK = (delta * this.#total) ** 2 / reduction.trailingSquares()
    if (order < MIN_ORDER || order > MAX_ORDER) this.#nextCheck = Infinity
    else if (this.#minK > EARLY_SHARE * order) this.#nextCheck = 0
    else this.#nextCheck = Math.max(MIN_COLUMNS_BEFORE_CHECK, order * MIN_SHARE_BEFORE_CHECK)
  }

  /**
   * Whether to reduce the rest in float32 now. Call it before the first column and after each panel; it is true once at
   * most.
   */
  isDue(): boolean {
    const { order, columns } = this.#reduction
    if (columns > 0) this.#lacking.push(this.#reduction.trailingTrace() / this.#total)
    if (columns < this.#nextCheck) return false
    const early = columns > 0 && this.#isCertainEarly()
    this.#nextCheck = early && 2 * columns <= MAX_SHARE_AT_CHECK * order ? 2 * columns : Infinity
    return !early && this.#isExactEnough()
  }

  /** Whether k is expected to become certain in float64 after few enough columns. */
  #isCertainEarly(): boolean {
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
    // If the decay is geometric or faster, extrapolate linearly. That predicts too few columns, which the limits,
    // having been found by timing, compensate for.
    if (later <= earlier) return columns + ((columns - then) * (now - allowed)) / (before - now) < EARLY_SHARE * order
    // If the decay slows down, extrapolate by a power law.
    const rate = Math.log(now / before) / Math.log(columns / then)
    return columns * (allowed / now) ** (1 / rate) < EARLY_SHARE_SLOWING * order
  }

  /** Whether float32's error is likely to be small enough to decide k. */
  #isExactEnough(): boolean {
    const { order, columns } = this.#reduction
    const rest = order - columns
    const error = TYPICAL_ERROR * Math.sqrt(order * this.#reduction.trailingSquares())
    // The left side is the largest doubt of `dimensionInFloat32`. The right side bounds the k-th eigenvalue from below:
    // it is at least the mean of itself and the smaller ones, which hold more than 1 − delta of the trace. Their number
    // is order − k + 1, so about order − #minK at most.
    return (error * Math.sqrt(rest)) / 2 <= ((1 - this.#delta) * this.#total) / (order - this.#minK)
  }
}
