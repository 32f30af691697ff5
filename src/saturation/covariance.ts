import type { Accumulator, GramSums } from './accumulator.ts'
import { gramOfRows } from './gramOfRows.ts'
import { FLOAT64_EPSILON } from './linalg/precision.ts'

/** Most consecutive terms of a sum whose roundings can all have the same sign; longer sums are formed in blocks. */
const MAX_TERMS_ROUNDED_ALIKE = 1024

/**
 * Streaming population covariance of feature vectors: count, mean and the matrix of summed products of deviations
 * from that mean, all float64. Batches and whole streams merge in any order and grouping to the same result up to
 * rounding (Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances").
 *
 * All sums are of deviations from the mean. The uncentred Σxxᵀ − n·mean·meanᵀ would suffer cancellation where means are
 * large compared with standard deviations.
 */
export class Covariance implements Accumulator {
  readonly width: number
  count = 0
  readonly mean: Float64Array
  /** [width × (width + 1) / 2] Upper triangle (column ≥ row), row by row, which halves memory and the work of merging. */
  readonly products: Float64Array
  readonly rounding: Float64Array
  readonly squares = null
  readonly omega = null

  /**
   * The arrays are those of an earlier covariance and are used without being copied. The default is zeros.
   * @param mean [width]
   * @param products [width × (width + 1) / 2]
   * @param rounding [width]
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

  addSums(shift: ArrayLike<number>, { count, sum, gram }: GramSums, precision = FLOAT64_EPSILON): boolean {
    const w = this.width
    for (let i = 0; i < w; i++) {
      // A NaN or infinity in any feature shows in its sum of squares.
      if (!Number.isFinite(sum[i]!) || !Number.isFinite(gram[i * w + i]!)) return false
    }
    this.#add(count, shift, sum, gram, w)
    const relative = precision * Math.min(count, MAX_TERMS_ROUNDED_ALIKE)
    for (let i = 0; i < w; i++) this.rounding[i]! += relative * gram[i * w + i]!
    return true
  }

  addRows(rows: ArrayLike<number>): boolean {
    const w = this.width
    if (rows.length % w !== 0) throw new RangeError(`${rows.length} values are not rows of ${w}`)
    if (rows.length === 0) return true
    // addSums subtracts the remaining sum of deviations, which corrects the rounding error of the mean.
    const { shift, ...sums } = gramOfRows(rows, w)
    return this.addSums(shift, sums)
  }

  /**
   * Adds all observations of another covariance.
   * @throws RangeError when the widths differ.
   */
  merge(other: Covariance): void {
    if (other.width !== this.width) throw new RangeError(`cannot merge width ${other.width} into ${this.width}`)
    if (other.count === 0) return
    this.#add(other.count, other.mean, new Float64Array(this.width), other.products, null)
    for (let i = 0; i < this.width; i++) this.rounding[i]! += other.rounding[i]!
  }

  clear(): void {
    this.count = 0
    for (const values of [this.mean, this.products, this.rounding]) values.fill(0)
  }

  scale(weight: number): void {
    this.count *= weight
    for (const values of [this.products, this.rounding]) for (let i = 0; i < values.length; i++) values[i]! *= weight
  }

  isConstant(): boolean {
    for (let i = 0, at = 0; i < this.width; at += this.width - i++) {
      if (this.products[at]! > this.rounding[i]!) return false
    }
    return true
  }

  /** The population covariance divides by n, as the paper does. */
  trace(): number {
    if (this.count === 0) return 0
    let sum = 0
    for (let i = 0, at = 0; i < this.width; at += this.width - i++) sum += this.products[at]!
    return sum / this.count
  }

  squaredNorm(): number {
    if (this.count === 0) return 0
    let [diagonal, above] = [0, 0]
    for (let i = 0, at = 0; i < this.width; i++) {
      diagonal += this.products[at++]! ** 2
      for (let j = i + 1; j < this.width; j++, at++) above += this.products[at]! * this.products[at]!
    }
    return (diagonal + 2 * above) / this.count ** 2
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

  /** @param rowLength length of `gram`'s rows; null when `gram` is a packed upper triangle like `products`. */
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
      // The difference between an entry's index in `gram` and in `products` is constant along a row.
      const offset = rowLength === null ? 0 : i * rowLength + i - at
      const s = sum[i]!
      const d = step[i]! * weight
      for (let j = i; j < w; j++, at++) products[at]! += gram[at + offset]! - s * batchMean[j]! + d * step[j]!
    }
    for (let i = 0; i < w; i++) {
      // count / total is exactly 1 for the first batch, so the mean of a constant feature is exactly that constant.
      mean[i]! += step[i]! * (count / total)
      this.rounding[i]! += weight * (FLOAT64_EPSILON * mean[i]!) ** 2
    }
    this.count = total
  }
}

function triangle(width: number): number {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`width must be a positive integer, got ${width}`)
  return (width * (width + 1)) / 2
}
