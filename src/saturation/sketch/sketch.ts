import type { Accumulator, SketchSums } from '../accumulator.ts'
import { gaussian } from '../linalg/gaussian.ts'
import { FLOAT64_EPSILON } from '../linalg/precision.ts'

/** Most random directions that the approximation is made from, not counting the probes. */
const MAX_DIRECTIONS = 512
/** Random directions that the error of the approximation is estimated from. */
const PROBES = 64
/** Most numbers of a sketch, 8 bytes each: beyond a width of 29,000 it has fewer than `MAX_DIRECTIONS`. */
const MAX_NUMBERS = 2 ** 24
/** Widest layer for which a sketch has at least as many directions as probes. */
export const MAX_SKETCHED_WIDTH = MAX_NUMBERS / (2 * PROBES)
/** Most consecutive terms of a sum whose roundings can all have the same sign; longer sums are formed in blocks. */
const MAX_TERMS_ROUNDED_ALIKE = 1024

/** The sums of a sketch, as in its fields of the same names. */
export type SketchContents = Pick<Sketch, 'count' | 'mean' | 'squares' | 'products' | 'rounding'>

const matrices = new Map<string, Float32Array>()

/** Ω [width × columns], row-major. All sketches of one size and seed share one copy. */
function randomMatrix(width: number, columns: number, seed = 1): Float32Array {
  const key = `${width} ${columns} ${seed}`
  let omega = matrices.get(key)
  if (!omega) matrices.set(key, (omega = gaussian(width * columns, seed)))
  return omega
}

/**
 * Streaming Nyström sketch of a population covariance C that is too large to be stored: the product of C with a fixed
 * Gaussian matrix Ω [width × columns], the mean, and the exact diagonal of C. Memory and time per observation are
 * linear in the width. Like covariances, sketches merge in any order and grouping to the same result up to rounding. Ω
 * depends on nothing but its size and the seed.
 *
 * `sketchDimension` estimates k from it, with certified bounds (Tropp, Yurtsever, Udell and Cevher 2017, "Fixed-rank
 * approximation of a positive-semidefinite matrix from streaming data", arXiv 1706.05736).
 */
export class Sketch implements Accumulator {
  readonly width: number
  /** The first columns of Ω, which the approximation is made from. */
  readonly directions: number
  /** The remaining columns of Ω, which the error of the approximation is estimated from. */
  readonly probes: number
  readonly #seed: number
  count: number
  readonly mean: Float64Array
  readonly squares: Float64Array
  /** [width × columns] Σ (x − mean)(x − mean)ᵀ Ω */
  readonly products: Float64Array
  readonly rounding: Float64Array

  /**
   * @param seed seed of Ω; only sketches of the same seed and size merge
   * @param contents sums of an earlier sketch of the same size and seed, used without being copied
   * @throws RangeError when a size is not a positive integer.
   */
  constructor(
    width: number,
    directions = defaultDirections(width),
    probes = PROBES,
    seed = 1,
    contents?: SketchContents,
  ) {
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

  get omega(): Float32Array {
    return randomMatrix(this.width, this.columns, this.#seed)
  }

  /** O(count × width × columns) */
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

  addSums(shift: ArrayLike<number>, sums: SketchSums, precision = FLOAT64_EPSILON): boolean {
    const { width } = this
    const { count, sum, squares, products } = sums
    // A NaN or infinity in any feature shows in its sum of squares.
    for (let i = 0; i < width; i++) if (!Number.isFinite(sum[i]!) || !Number.isFinite(squares[i]!)) return false
    const batchMean = Float64Array.from(sum, (value, i) => shift[i]! + value / count)
    const relative = precision * Math.min(count, MAX_TERMS_ROUNDED_ALIKE)
    for (let i = 0; i < width; i++) this.rounding[i]! += relative * squares[i]!
    this.#add(count, batchMean, sum, squares, products)
    return true
  }

  /**
   * Adds all observations of another sketch.
   * @throws RangeError when the two are not sketches of one size and seed.
   */
  merge(other: Sketch): void {
    const same = other.width === this.width && other.directions === this.directions && other.probes === this.probes
    if (!same || other.#seed !== this.#seed) throw new RangeError('only sketches of one size and seed merge')
    if (other.count === 0) return
    this.#add(other.count, other.mean, new Float64Array(this.width), other.squares, other.products)
    for (let i = 0; i < this.width; i++) this.rounding[i]! += other.rounding[i]!
  }

  clear(): void {
    this.count = 0
    for (const values of [this.mean, this.products, this.squares, this.rounding]) values.fill(0)
  }

  scale(weight: number): void {
    this.count *= weight
    for (const values of [this.products, this.squares, this.rounding])
      for (let i = 0; i < values.length; i++) values[i]! *= weight
  }

  /** Exact, not an estimate. */
  trace(): number {
    return this.count === 0 ? 0 : this.squares.reduce((a, b) => a + b, 0) / this.count
  }

  /** Number of features whose variance exceeds what the rounding of their own sums can have made. */
  varyingFeatures(): number {
    return this.squares.reduce((varying, value, i) => varying + (value > this.rounding[i]! ? 1 : 0), 0)
  }

  /** E‖CΩ‖²_F is ‖C‖²_F times the number of columns. */
  squaredNorm(): number {
    if (this.count === 0) return 0
    return this.products.reduce((sum, value) => sum + value * value, 0) / (this.columns * this.count ** 2)
  }

  isConstant(): boolean {
    return this.varyingFeatures() === 0
  }

  /**
   * Adds a batch's sums about a point, corrected for the distances of the batch's mean from that point and from `mean`.
   */
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
      this.rounding[i]! += weight * (FLOAT64_EPSILON * mean[i]!) ** 2
    }
    this.count = total
  }
}

/** Number of directions such that the sketch has at most `MAX_NUMBERS` numbers. */
function defaultDirections(width: number): number {
  return Math.min(width, MAX_DIRECTIONS, Math.max(1, Math.floor(MAX_NUMBERS / width) - PROBES))
}

/** Mean, computed as the first row plus the mean difference from it, which is exact for a constant feature. */
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
