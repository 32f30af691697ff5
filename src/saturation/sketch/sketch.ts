import { gaussian } from '../linalg/gaussian.ts'
import { FLOAT64 } from '../linalg/precision.ts'

/** Random directions that the covariance is multiplied by, beside those that estimate what these have missed. */
const DIRECTIONS = 512
/** Directions that the estimate of the residual rests on. */
const PROBES = 64
/** Numbers of a sketch at most, 8 bytes each: beyond a width of 29,000 it has fewer directions. */
const NUMBERS = 2 ** 24
/** Widest layer that still gets as many directions as probes. */
export const WIDEST_SKETCHED = NUMBERS / (2 * PROBES)
/** Terms in a row that all round to the same side in the worst case; sums are formed of blocks no longer than this. */
const ROUNDED_ALIKE = 1024

/** Sums of rows about a fixed point, as a matrix product on the training backend delivers them. */
export interface SketchSums<Numbers = ArrayLike<number>> {
  count: number
  /** [width] Σ (x − shift) */
  sum: Numbers
  /** [width] Σ (x − shift)², feature by feature */
  squares: Numbers
  /** [width × columns] Σ (x − shift)(x − shift)ᵀ Ω */
  products: Numbers
}

/** What a sketch has summed up, as its fields have it. */
export type SketchContents = Pick<Sketch, 'count' | 'mean' | 'squares' | 'products' | 'rounding'>

const matrices = new Map<string, Float32Array>()

/** Ω [width × columns], row-major; one copy for all sketches of one size and seed. */
function randomMatrix(width: number, columns: number, seed = 1): Float32Array {
  const key = `${width} ${columns} ${seed}`
  let omega = matrices.get(key)
  if (!omega) matrices.set(key, (omega = gaussian(width * columns, seed)))
  return omega
}

/**
 * Streaming sketch of a population covariance C that is too wide to be kept: its product with a fixed Gaussian matrix
 * Ω [width × columns], its mean and its exact diagonal. Memory and time per observation are linear in the width. Streams
 * merge in any order and grouping to the same result up to rounding, as `Covariance` does; Ω depends on the seed alone.
 *
 * `sketchDimension` turns it into an estimate of k with certified bounds (Tropp, Yurtsever, Udell and Cevher 2017,
 * "Fixed-rank approximation of a positive-semidefinite matrix from streaming data", arXiv 1706.05736).
 */
export class Sketch {
  readonly width: number
  /** Columns of Ω that the approximation is made from; the other `probes` columns estimate its error. */
  readonly directions: number
  readonly probes: number
  readonly #seed: number
  /** Observations so far. */
  count: number
  /** [width] */
  readonly mean: Float64Array
  /** [width] Σ (x − mean)² of each feature: its variance times the count. */
  readonly squares: Float64Array
  /** [width × columns] Σ (x − mean)(x − mean)ᵀ Ω. */
  readonly products: Float64Array
  /** [width] Bound on the rounding in `squares`: a feature that has no more than this is constant. */
  readonly rounding: Float64Array

  /**
   * @param seed of Ω; only sketches of one seed and size merge.
   * @param contents of an earlier sketch of the same size and seed, taken over, not copied
   * @throws RangeError when a size is not a positive integer.
   */
  constructor(width: number, directions = directionsOf(width), probes = PROBES, seed = 1, contents?: SketchContents) {
    for (const size of [width, directions, probes])
      if (!Number.isInteger(size) || size < 1) throw new RangeError(`sizes must be positive integers, got ${size}`)
    this.width = width
    this.directions = directions
    this.probes = probes
    this.#seed = seed
    this.count = contents?.count ?? 0
    this.mean = contents?.mean ?? new Float64Array(width)
    this.squares = contents?.squares ?? new Float64Array(width)
    this.rounding = contents?.rounding ?? new Float64Array(width)
    this.products = contents?.products ?? new Float64Array(width * this.columns)
    if (this.products.length !== width * this.columns)
      throw new RangeError(
        `${this.products.length} products do not belong to ${width} features and ${this.columns} columns`,
      )
  }

  get columns(): number {
    return this.directions + this.probes
  }

  /** [width × columns] Ω, shared. */
  get omega(): Float32Array {
    return randomMatrix(this.width, this.columns, this.#seed)
  }

  /**
   * Adds raw observations. O(count × width × columns).
   * @param rows [count × width], row-major
   * @returns false, changing nothing, when a value is NaN or infinite.
   * @throws RangeError when the length is not a multiple of the width.
   */
  addRows(rows: ArrayLike<number>): boolean {
    const { width, columns, omega } = this
    if (rows.length % width !== 0) throw new RangeError(`${rows.length} values are not rows of ${width}`)
    const count = rows.length / width
    if (count === 0) return true
    for (let i = 0; i < rows.length; i++) if (!Number.isFinite(rows[i])) return false
    const shift = meanOf(rows, width, count)
    const centred = new Float64Array(rows.length)
    const sum = new Float64Array(width)
    const squares = new Float64Array(width)
    for (let at = 0; at < rows.length;) {
      for (let i = 0; i < width; i++, at++) {
        const deviation = rows[at]! - shift[i]!
        centred[at] = deviation
        sum[i]! += deviation
        squares[i]! += deviation * deviation
      }
    }
    const products = new Float64Array(width * columns)
    const projected = new Float64Array(columns)
    for (let at = 0; at < centred.length; at += width) {
      const row = centred.subarray(at, at + width)
      project(row, omega, projected.fill(0))
      for (let i = 0, to = 0; i < width; i++, to += columns) {
        const factor = row[i]!
        if (factor !== 0) for (let c = 0; c < columns; c++) products[to + c]! += factor * projected[c]!
      }
    }
    return this.addSums(shift, { count, sum, squares, products })
  }

  /**
   * Adds a batch given by its sums about a fixed point.
   * @param shift [width] the fixed point; the nearer the batch's mean, the less is lost to rounding
   * @param precision relative rounding of the sums' arithmetic, `FLOAT32` or `FLOAT64`
   * @returns false, changing nothing, when a sum is NaN or infinite.
   */
  addSums(shift: ArrayLike<number>, sums: SketchSums, precision = FLOAT64): boolean {
    const { width } = this
    const { count, sum, squares, products } = sums
    // A NaN or infinity in any feature shows in its sum of squares.
    for (let i = 0; i < width; i++) if (!Number.isFinite(sum[i]!) || !Number.isFinite(squares[i]!)) return false
    const batchMean = Float64Array.from(sum, (value, i) => shift[i]! + value / count)
    const relative = precision * Math.min(count, ROUNDED_ALIKE)
    for (let i = 0; i < width; i++) this.rounding[i]! += relative * squares[i]!
    this.#add(count, batchMean, sum, squares, products)
    return true
  }

  /**
   * Adds all that another stream has seen.
   * @throws RangeError when the two are not sketches of one size and seed.
   */
  merge(other: Sketch): void {
    const same = other.width === this.width && other.directions === this.directions && other.probes === this.probes
    if (!same || other.#seed !== this.#seed) throw new RangeError('only sketches of one size and seed merge')
    if (other.count === 0) return
    this.#add(other.count, other.mean, new Float64Array(this.width), other.squares, other.products)
    for (let i = 0; i < this.width; i++) this.rounding[i]! += other.rounding[i]!
  }

  /** Forgets every observation; the memory stays. */
  clear(): void {
    this.count = 0
    for (const values of [this.mean, this.products, this.squares, this.rounding]) values.fill(0)
  }

  /** Gives all observations so far this weight each, of those that come later 1: `count` becomes the weights' sum. */
  scale(weight: number): void {
    this.count *= weight
    for (const values of [this.products, this.squares, this.rounding])
      for (let i = 0; i < values.length; i++) values[i]! *= weight
  }

  /** Sum of variances, exact. 0 before any observation. */
  trace(): number {
    return this.count === 0 ? 0 : this.squares.reduce((a, b) => a + b, 0) / this.count
  }

  /** Features whose variance exceeds what the rounding of their own sums can have made. */
  varying(): number {
    return this.squares.reduce((varying, value, i) => varying + (value > this.rounding[i]! ? 1 : 0), 0)
  }

  /** True when no feature varies. */
  isConstant(): boolean {
    return this.varying() === 0
  }

  /** Joins in a batch by its sums about a point; its mean's distances from the point and from our mean are corrected for. */
  #add(
    count: number,
    batchMean: Float64Array,
    sum: ArrayLike<number>,
    squares: ArrayLike<number>,
    products: ArrayLike<number>,
  ): void {
    const { width, columns, omega, mean } = this
    const total = this.count + count
    const weight = (this.count * count) / total
    const step = batchMean.map((value, i) => value - mean[i]!)
    const sumProjected = project(sum, omega, new Float64Array(columns))
    const stepProjected = project(step, omega, new Float64Array(columns))
    for (let i = 0, at = 0; i < width; i++) {
      const s = sum[i]! / count
      const d = step[i]! * weight
      this.squares[i]! += squares[i]! - s * sum[i]! + d * step[i]!
      for (let c = 0; c < columns; c++, at++)
        this.products[at]! += products[at]! - s * sumProjected[c]! + d * stepProjected[c]!
      mean[i]! += step[i]! * (count / total)
      this.rounding[i]! += weight * (FLOAT64 * mean[i]!) ** 2
    }
    this.count = total
  }
}

/** Directions that a sketch of this width has. */
function directionsOf(width: number): number {
  return Math.min(width, DIRECTIONS, Math.max(1, Math.floor(NUMBERS / width) - PROBES))
}

/** Mean as the first row plus the mean difference from it: exact for a feature that never changes. */
function meanOf(rows: ArrayLike<number>, width: number, count: number): Float64Array {
  const mean = new Float64Array(width)
  for (let at = width; at < rows.length;) for (let i = 0; i < width; i++) mean[i]! += rows[at++]! - rows[i]!
  for (let i = 0; i < width; i++) mean[i] = rows[i]! + mean[i]! / count
  return mean
}

/** out [columns] += xᵀ Ω */
function project(x: ArrayLike<number>, omega: Float32Array, out: Float64Array): Float64Array {
  const columns = out.length
  for (let i = 0, from = 0; i < x.length; i++, from += columns) {
    const factor = x[i]!
    if (factor !== 0) for (let c = 0; c < columns; c++) out[c]! += factor * omega[from + c]!
  }
  return out
}
