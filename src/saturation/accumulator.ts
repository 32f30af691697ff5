/** Sums of a batch about a fixed point, from which a `Covariance` is made. */
export interface GramSums<Numbers = ArrayLike<number>> {
  /** Observations in the batch, at least 1. */
  count: number
  /** [width] Σ (x − shift) */
  sum: Numbers
  /** [width × width] Σ (x − shift)(x − shift)ᵀ. Only the upper triangle is read. */
  gram: Numbers
}

/** Sums of a batch about a fixed point, from which a `Sketch` is made. */
export interface SketchSums<Numbers = ArrayLike<number>> {
  /** Observations in the batch, at least 1. */
  count: number
  /** [width] Σ (x − shift) */
  sum: Numbers
  /** [width] Σ (x − shift)² of each feature. */
  squares: Numbers
  /** [width × columns] Σ (x − shift)(x − shift)ᵀ Ω, with the sketch's `omega` as Ω. */
  products: Numbers
}

export type BatchSums = GramSums | SketchSums

/**
 * Accumulates the second moments of a stream of feature vectors: a `Covariance` keeps the whole matrix, a `Sketch` its
 * product with a random matrix. All sums are of deviations from the running mean, in float64.
 */
export interface Accumulator {
  /** Features of an observation. */
  readonly width: number
  /** Observations so far; after `scale`, the sum of their weights. */
  readonly count: number
  /** [width] */
  readonly mean: Float64Array
  /** Summed products of deviations, in a layout of the accumulator's own. */
  readonly products: Float64Array
  /** [width] Bound on the rounding error in each feature's summed squares. A feature with no larger sum is constant. */
  readonly rounding: Float64Array
  /** [width] Σ (x − mean)² of each feature, where `products` does not contain it; null for a `Covariance`. */
  readonly squares: Float64Array | null
  /** [width × columns] The random matrix Ω that `SketchSums` are formed with; null for a `Covariance`. */
  readonly omega: Float32Array | null

  /**
   * Adds raw observations.
   * @param rows [count × width], row-major
   * @returns false, changing nothing, when a value is NaN or infinite.
   * @throws RangeError when the length is not a multiple of the width.
   */
  addRows(rows: ArrayLike<number>): boolean

  /**
   * Adds a batch given by its sums about a fixed point, as a matrix product on the training backend delivers them.
   * @param shift [width] the fixed point; the nearer it is to the batch's mean, the less is lost to rounding
   * @param sums `SketchSums` if the accumulator has an `omega`, else `GramSums`
   * @param precision relative rounding of the sums' arithmetic, `FLOAT32_EPSILON` or `FLOAT64_EPSILON`; float64 by
   *   default
   * @returns false, changing nothing, when a sum is NaN or infinite.
   */
  addSums(shift: ArrayLike<number>, sums: BatchSums, precision?: number): boolean

  /**
   * Multiplies the weight of all observations so far by `weight`; later ones weigh 1. `count` becomes the sum of
   * weights.
   */
  scale(weight: number): void

  /** Forgets every observation but keeps the memory. */
  clear(): void

  /** Sum of the features' variances: the trace of the population covariance. 0 before any observation. */
  trace(): number

  /** Squared Frobenius norm of the population covariance; a sketch estimates it. 0 before any observation. */
  squaredNorm(): number

  /**
   * Whether no feature's variance exceeds what the rounding of its own sums can have made. True before any observation.
   */
  isConstant(): boolean
}
