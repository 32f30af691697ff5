import { Covariance } from './covariance.ts'

/** Smallest deviation that can be squared without underflow in float64. */
const MIN_UNSCALED_DEVIATION = 2 ** -400
/** Largest deviation whose squares can be summed without overflow in float64. */
const MAX_UNSCALED_DEVIATION = 2 ** 400

/**
 * Covariance of recorded observations of any magnitude, down to denormals. The first observation is subtracted from
 * all, so that the variance of a constant feature is exactly zero whatever its value. Where squares would underflow or
 * overflow, the observations are multiplied by a power of two, which is exact.
 */
export class RecordedCovariance {
  /** Covariance of 2^`exponent` times the observations, relative to the first one. */
  readonly covariance: Covariance
  /** Binary exponent of the scale; 0 at ordinary magnitudes. */
  exponent = 0
  /** Observations left out because they contained NaN or infinity. */
  rejected = 0
  #first: Float64Array | null = null

  /** @throws RangeError when width is not a positive integer. */
  constructor(width: number) {
    this.covariance = new Covariance(width)
  }

  /**
   * Adds observations, leaving out each one that contains NaN or infinity.
   * @param rows [count × width], row-major; overwritten
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
    this.#adjustExponent(largest)
    if (this.exponent !== 0) scale(finite, this.exponent)
    if (!this.covariance.addRows(finite)) this.rejected += finite.length / width
  }

  /**
   * Replaces observations by their deviations from the mean of all observations that were added, times 2^`exponent`.
   * @param rows [count × width], row-major; overwritten
   */
  centre(rows: Float64Array): void {
    const { mean, width } = this.covariance
    const first = this.#first ?? new Float64Array(width)
    // Subtracting the first observation before scaling, as addRows does, cancels large means without loss.
    for (let at = 0; at < rows.length; at++) rows[at]! -= first[at % width]!
    if (this.exponent !== 0) scale(rows, this.exponent)
    for (let at = 0; at < rows.length; at++) rows[at]! -= mean[at % width]!
  }

  /** Converts values from the scale of `covariance` to the unit of the observations, in place. */
  unscale(values: Float64Array): void {
    scale(values, -this.exponent)
  }

  /** Trace of the population covariance in the unit of the observations; null if it is out of float64's range. */
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

  /** Changes the exponent if the squares of deviations up to `largest` would underflow or overflow. */
  #adjustExponent(largest: number): void {
    const { covariance } = this
    const scaled = Float64Array.of(largest)
    scale(scaled, this.exponent)
    const underflows = scaled[0]! < MIN_UNSCALED_DEVIATION && largest > 0 && covariance.trace() === 0
    if (!underflows && scaled[0]! <= MAX_UNSCALED_DEVIATION) return
    const change = -Math.floor(Math.log2(largest)) - this.exponent
    scale(covariance.mean, change)
    scale(covariance.products, 2 * change)
    this.exponent += change
  }
}

/** Multiplies by 2^exponent, in steps because 2^exponent itself may be out of range. */
function scale(values: Float64Array, exponent: number): void {
  for (let left = exponent; left !== 0;) {
    const step = Math.max(-1000, Math.min(1000, left))
    const factor = 2 ** step
    for (let i = 0; i < values.length; i++) values[i]! *= factor
    left -= step
  }
}
