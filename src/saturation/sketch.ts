import { gaussian } from './gaussian.ts'

/** Random directions that the covariance is multiplied by, beside those that estimate what these have missed. */
const DIRECTIONS = 512
/** Directions that the estimate of the residual rests on. */
const PROBES = 64

/**
 * Streaming sketch of a population covariance C that is too wide to be kept: its product with a fixed Gaussian matrix
 * Ω [width × columns], its mean and its exact trace. Memory and time per observation are linear in the width. Streams
 * merge in any order and grouping to the same result up to rounding, as `Covariance` does; Ω depends on the seed alone.
 *
 * `sketchDimension` turns it into certified bounds on k (Tropp, Yurtsever, Udell and Cevher 2017, "Fixed-rank
 * approximation of a positive-semidefinite matrix from streaming data", arXiv 1706.05736).
 */
export class Sketch {
  readonly width: number
  /** Columns of Ω that the approximation is made from; the other `probes` columns estimate its error. */
  readonly directions: number
  readonly probes: number
  /** Observations so far. */
  count = 0
  /** [width] */
  readonly mean: Float64Array
  /** Σ |x − mean|² over all observations: trace of the covariance times the count. */
  squares = 0
  /** [width × columns] Ω. */
  readonly omega: Float32Array
  /** [width × columns] Σ (x − mean)(x − mean)ᵀ Ω. */
  readonly products: Float64Array

  /**
   * @param seed of Ω; only sketches of one seed and size merge.
   * @throws RangeError when a size is not a positive integer.
   */
  constructor(width: number, directions = Math.min(width, DIRECTIONS), probes = PROBES, seed = 1) {
    for (const size of [width, directions, probes])
      if (!Number.isInteger(size) || size < 1) throw new RangeError(`sizes must be positive integers, got ${size}`)
    this.width = width
    this.directions = directions
    this.probes = probes
    this.mean = new Float64Array(width)
    this.omega = gaussian(width * this.columns, seed)
    this.products = new Float64Array(width * this.columns)
  }

  get columns(): number {
    return this.directions + this.probes
  }

  /**
   * Adds raw observations. O(count × width × columns).
   * @param rows [count × width], row-major
   * @returns false, changing nothing, when a value is NaN or infinite.
   * @throws RangeError when the length is not a multiple of the width.
   */
  addRows(rows: ArrayLike<number>): boolean {
    const { width, columns } = this
    if (rows.length % width !== 0) throw new RangeError(`${rows.length} values are not rows of ${width}`)
    const count = rows.length / width
    if (count === 0) return true
    for (let i = 0; i < rows.length; i++) if (!Number.isFinite(rows[i])) return false
    const batchMean = meanOf(rows, width, count)
    const centred = new Float64Array(rows.length)
    let squares = 0
    for (let at = 0; at < rows.length;) {
      for (let i = 0; i < width; i++, at++) {
        const deviation = rows[at]! - batchMean[i]!
        centred[at] = deviation
        squares += deviation * deviation
      }
    }
    const projected = new Float64Array(count * columns)
    multiply(centred, this.omega, projected, count, width, columns)
    addTransposed(centred, projected, this.products, count, width, columns)
    this.#moveMean(count, batchMean, squares)
    return true
  }

  /**
   * Adds all that another stream has seen.
   * @throws RangeError when the two are not sketches of one size and seed.
   */
  merge(other: Sketch): void {
    const same = other.width === this.width && other.directions === this.directions && other.probes === this.probes
    if (!same || other.omega[0] !== this.omega[0]) throw new RangeError('only sketches of one size and seed merge')
    if (other.count === 0) return
    for (let i = 0; i < this.products.length; i++) this.products[i]! += other.products[i]!
    this.#moveMean(other.count, other.mean, other.squares)
  }

  /** Sum of variances, exact. 0 before any observation. */
  trace(): number {
    return this.count === 0 ? 0 : this.squares / this.count
  }

  /** Joins in a batch whose products about its own mean were added: the two means' distance is a product of its own. */
  #moveMean(count: number, batchMean: Float64Array, squares: number): void {
    const { width, columns, omega, products, mean } = this
    const total = this.count + count
    const weight = (this.count * count) / total
    const step = batchMean.map((value, i) => value - mean[i]!)
    this.squares += squares + weight * step.reduce((sum, value) => sum + value * value, 0)
    if (weight > 0) {
      const projected = new Float64Array(columns)
      multiply(step, omega, projected, 1, width, columns)
      addTransposed(
        step.map((value) => value * weight),
        projected,
        products,
        1,
        width,
        columns,
      )
    }
    for (let i = 0; i < width; i++) mean[i]! += (step[i]! * count) / total
    this.count = total
  }
}

/** Mean as the first row plus the mean difference from it: exact for a feature that never changes. */
function meanOf(rows: ArrayLike<number>, width: number, count: number): Float64Array {
  const mean = new Float64Array(width)
  for (let at = width; at < rows.length;) for (let i = 0; i < width; i++) mean[i]! += rows[at++]! - rows[i]!
  for (let i = 0; i < width; i++) mean[i] = rows[i]! + mean[i]! / count
  return mean
}

/** out [count × columns] += x [count × width] · m [width × columns] */
function multiply(
  x: Float64Array,
  m: ArrayLike<number>,
  out: Float64Array,
  count: number,
  width: number,
  columns: number,
): void {
  for (let i = 0; i < width; i++) {
    const from = i * columns
    for (let r = 0; r < count; r++) {
      const factor = x[r * width + i]!
      if (factor === 0) continue
      const to = r * columns
      for (let c = 0; c < columns; c++) out[to + c]! += factor * m[from + c]!
    }
  }
}

/** out [width × columns] += x [count × width]ᵀ · p [count × columns] */
function addTransposed(
  x: Float64Array,
  p: Float64Array,
  out: Float64Array,
  count: number,
  width: number,
  columns: number,
): void {
  for (let i = 0; i < width; i++) {
    const to = i * columns
    for (let r = 0; r < count; r++) {
      const factor = x[r * width + i]!
      if (factor === 0) continue
      const from = r * columns
      for (let c = 0; c < columns; c++) out[to + c]! += factor * p[from + c]!
    }
  }
}
