import { Covariance } from './covariance.ts'

/** Deviations between these powers of two can be squared and summed without leaving the range of float64. */
const SMALL = 2 ** -400
const LARGE = 2 ** 400

/**
 * Covariance of recorded observations of any magnitude, down to denormals. Observations are taken relative to the
 * first one, so that a feature that never changes has a variance of exactly zero whatever its value, and times a power
 * of two (which rounds nothing) where their squares would underflow or overflow otherwise.
 */
export class RecordedCovariance {
  /** Covariance of the observations less the first one, times 2^`exponent`. */
  readonly covariance: Covariance
  /** 0 at ordinary magnitudes. */
  exponent = 0
  /** Observations left out because they held NaN or infinity. */
  rejected = 0
  #first: Float64Array | null = null

  /** @throws RangeError when width is not a positive integer. */
  constructor(width: number) {
    this.covariance = new Covariance(width)
  }

  /**
   * Adds observations; those that hold NaN or infinity are left out one by one.
   * @param rows [count × width], row-major; overwritten.
   */
  addRows(rows: Float64Array): void {
    const finite = this.#keepFinite(rows)
    if (finite.length === 0) return
    const width = this.covariance.width
    const first = (this.#first ??= finite.slice(0, width))
    let largest = 0
    for (let at = 0; at < finite.length; at += width) {
      for (let i = 0; i < width; i++) {
        const deviation = finite[at + i]! - first[i]!
        finite[at + i] = deviation
        largest = Math.max(largest, Math.abs(deviation))
      }
    }
    this.#fit(largest)
    if (this.exponent !== 0) scale(finite, this.exponent)
    if (!this.covariance.addRows(finite)) this.rejected += finite.length / width
  }

  /**
   * Turns observations into their deviations from the mean of all that were added, in place, in `covariance`'s own scale:
   * times 2^`exponent`.
   * @param rows [count × width], row-major.
   */
  centre(rows: Float64Array): void {
    const { mean, width } = this.covariance
    const first = this.#first ?? new Float64Array(width)
    // Less the first one before all else, as when they were added: large means cancel without loss.
    for (let at = 0; at < rows.length; at++) rows[at]! -= first[at % width]!
    if (this.exponent !== 0) scale(rows, this.exponent)
    for (let at = 0; at < rows.length; at++) rows[at]! -= mean[at % width]!
  }

  /** Brings numbers of `covariance`'s scale back into the observations' own unit, in place. */
  unscale(values: Float64Array): void {
    scale(values, -this.exponent)
  }

  /** Trace of the population covariance in the observations' own unit; null where float64 cannot hold it. */
  trace(): number | null {
    const trace = Float64Array.of(this.covariance.trace())
    scale(trace, -2 * this.exponent)
    return Number.isFinite(trace[0]) ? trace[0]! : null
  }

  #keepFinite(rows: Float64Array): Float64Array {
    const width = this.covariance.width
    let to = 0
    for (let at = 0; at < rows.length; at += width) {
      let i = 0
      while (i < width && Number.isFinite(rows[at + i])) i++
      if (i < width) {
        this.rejected++
        continue
      }
      if (to < at) rows.copyWithin(to, at, at + width)
      to += width
    }
    return rows.subarray(0, to)
  }

  /** Chooses the exponent anew when deviations as large as this would not fit in. */
  #fit(largest: number): void {
    const { covariance } = this
    const scaled = Float64Array.of(largest)
    scale(scaled, this.exponent)
    const lost = scaled[0]! < SMALL && largest > 0 && covariance.trace() === 0
    if (!lost && scaled[0]! <= LARGE) return
    const change = -Math.floor(Math.log2(largest)) - this.exponent
    scale(covariance.mean, change)
    scale(covariance.products, 2 * change)
    this.exponent += change
  }
}

/** Multiplies by 2^exponent in steps that stay in range themselves. */
function scale(values: Float64Array, exponent: number): void {
  for (let left = exponent; left !== 0;) {
    const step = Math.max(-1000, Math.min(1000, left))
    const factor = 2 ** step
    for (let i = 0; i < values.length; i++) values[i]! *= factor
    left -= step
  }
}
