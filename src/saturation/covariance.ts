import { FLOAT64 } from './linalg/precision.ts'
import { rowSums } from './gramOfRows.ts'

/** Terms in a row that all round to the same side in the worst case; sums are formed of blocks no longer than this. */
const ROUNDED_ALIKE = 1024

/**
 * Streaming population covariance of feature vectors: count, mean and the matrix of summed products of deviations
 * from that mean, all float64. Batches and whole streams merge in any order and grouping to the same result up to
 * rounding (Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances").
 *
 * Deviations are kept centred throughout: an uncentred Σxxᵀ − n·mean·meanᵀ cancels where means are large beside
 * standard deviations.
 */
export class Covariance {
  readonly width: number
  /** Observations so far. */
  count = 0
  /** [width] */
  readonly mean: Float64Array
  /** [width × (width + 1) / 2] the upper triangle (column ≥ row), row after row: half the memory, half the merging. */
  readonly products: Float64Array
  /** [width] Bound on the rounding in each feature's summed squares: a feature that has no more than this is constant. */
  readonly rounding: Float64Array

  /**
   * @param mean [width] and
   * @param products and
   * @param rounding of an earlier covariance, taken over, not copied; zeros when left out
   * @throws RangeError when width is not a positive integer, or the lengths do not fit it.
   */
  constructor(
    width: number,
    mean: Float64Array = new Float64Array(width),
    products: Float64Array = new Float64Array(triangle(width)),
    rounding: Float64Array = new Float64Array(width),
  ) {
    if (mean.length !== width || products.length !== triangle(width) || rounding.length !== width)
      throw new RangeError(`a mean of ${mean.length} and ${products.length} products do not belong to width ${width}`)
    this.width = width
    this.mean = mean
    this.products = products
    this.rounding = rounding
  }

  /**
   * Adds a batch given by its sums about a fixed point, as a matrix product on the training backend delivers them.
   * @param count observations in the batch, ≥ 1
   * @param shift [width] the fixed point; the nearer the batch's mean, the less is lost to rounding
   * @param sum [width] Σ (x − shift)
   * @param gram [width × width] Σ (x − shift)(x − shift)ᵀ, of which only the upper triangle is read
   * @param precision relative rounding of the sums' arithmetic, `FLOAT32` or `FLOAT64`
   * @returns false, changing nothing, when a sum is NaN or infinite.
   */
  addSums(
    count: number,
    shift: ArrayLike<number>,
    sum: ArrayLike<number>,
    gram: ArrayLike<number>,
    precision = FLOAT64,
  ): boolean {
    const w = this.width
    for (let i = 0; i < w; i++) {
      // A NaN or infinity in any feature shows in its sum of squares.
      if (!Number.isFinite(sum[i]!) || !Number.isFinite(gram[i * w + i]!)) return false
    }
    this.#add(count, shift, sum, gram, w)
    const relative = precision * Math.min(count, ROUNDED_ALIKE)
    for (let i = 0; i < w; i++) this.rounding[i]! += relative * gram[i * w + i]!
    return true
  }

  /**
   * Adds raw observations.
   * @param rows [count × width], row-major
   * @returns false, changing nothing, when a value is NaN or infinite.
   * @throws RangeError when the length is not a multiple of the width.
   */
  addRows(rows: ArrayLike<number>): boolean {
    const w = this.width
    if (rows.length % w !== 0) throw new RangeError(`${rows.length} values are not rows of ${w}`)
    if (rows.length === 0) return true
    // Rounding in the mean is removed again by addSums, which subtracts what the deviations still sum to.
    const { count, shift, sum, gram } = rowSums(rows, w)
    return this.addSums(count, shift, sum, gram)
  }

  /**
   * Adds all that another stream has seen.
   * @throws RangeError when the widths differ.
   */
  merge(other: Covariance): void {
    if (other.width !== this.width) throw new RangeError(`cannot merge width ${other.width} into ${this.width}`)
    if (other.count === 0) return
    this.#add(other.count, other.mean, new Float64Array(this.width), other.products, null)
    for (let i = 0; i < this.width; i++) this.rounding[i]! += other.rounding[i]!
  }

  /** Forgets every observation; the memory stays. */
  clear(): void {
    this.count = 0
    for (const values of [this.mean, this.products, this.rounding]) values.fill(0)
  }

  /** Gives all observations so far this weight each, of those that come later 1: `count` becomes the weights' sum. */
  scale(weight: number): void {
    this.count *= weight
    for (const values of [this.products, this.rounding]) for (let i = 0; i < values.length; i++) values[i]! *= weight
  }

  /** True when no feature's variance exceeds what the rounding of its own sums can have made. True before any observation. */
  isConstant(): boolean {
    for (let i = 0, at = 0; i < this.width; at += this.width - i++) {
      if (this.products[at]! > this.rounding[i]!) return false
    }
    return true
  }

  /** Sum of variances: trace of the population covariance (divided by n, as the paper does). 0 before any observation. */
  trace(): number {
    if (this.count === 0) return 0
    let sum = 0
    for (let i = 0, at = 0; i < this.width; at += this.width - i++) sum += this.products[at]!
    return sum / this.count
  }

  /** The population covariance, [width × width] row-major, both triangles. Zeros before any observation. */
  matrix(): Float64Array {
    const w = this.width
    const matrix = new Float64Array(w * w)
    if (this.count === 0) return matrix
    for (let i = 0, at = 0; i < w; i++) {
      for (let j = i; j < w; j++) matrix[i * w + j] = matrix[j * w + i] = this.products[at++]! / this.count
    }
    return matrix
  }

  /** @param rowLength of `gram`'s rows; null when it is an upper triangle as `products` is. */
  #add(
    count: number,
    shift: ArrayLike<number>,
    sum: ArrayLike<number>,
    gram: ArrayLike<number>,
    rowLength: number | null,
  ): void {
    const { width: w, products, mean } = this
    const total = this.count + count
    const weight = (this.count * count) / total
    const batchMean = new Float64Array(w)
    const step = new Float64Array(w)
    for (let i = 0; i < w; i++) {
      batchMean[i] = sum[i]! / count
      step[i] = shift[i]! + batchMean[i]! - mean[i]!
    }
    for (let i = 0, at = 0; i < w; i++) {
      // The difference between an entry's place in `gram` and in `products` is the same along a row.
      const offset = rowLength === null ? 0 : i * rowLength + i - at
      const s = sum[i]!
      const d = step[i]! * weight
      for (let j = i; j < w; j++, at++) products[at]! += gram[at + offset]! - s * batchMean[j]! + d * step[j]!
    }
    for (let i = 0; i < w; i++) {
      // The share is exactly 1 for the first batch: a mean that is the constant itself stays so.
      mean[i]! += step[i]! * (count / total)
      this.rounding[i]! += weight * (FLOAT64 * mean[i]!) ** 2
    }
    this.count = total
  }
}

function triangle(width: number): number {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`width must be a positive integer, got ${width}`)
  return (width * (width + 1)) / 2
}
