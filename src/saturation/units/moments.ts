/** Mean and population covariance of the feature vectors of one place in a network. */
export interface Moments {
  /** [width] */
  readonly mean: Float64Array
  /** [width × width] row-major, symmetric, both triangles. */
  readonly covariance: Float64Array
  /** Number of feature vectors that the covariance was formed of; undefined where there are certainly enough. */
  readonly observations?: number | undefined
}

/**
 * Moments about zero: the mean becomes zero, and the covariance becomes the second moment Σ + μμᵀ. What is made of these
 * moments is the uncentred variant of what is made of the covariance.
 */
export function aboutZero({ mean, covariance, observations }: Moments): Moments {
  const width = mean.length
  const moment = covariance.slice()
  for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) moment[i * width + j]! += mean[i]! * mean[j]!
  return { mean: new Float64Array(width), covariance: moment, observations }
}

/**
 * Checks that a mean and a covariance belong together and are numbers.
 * @throws RangeError when the lengths do not fit, or an entry is NaN or infinite.
 */
export function checkMoments({ mean, covariance }: Moments): void {
  if (widthOfCovariance(covariance) !== mean.length)
    throw new RangeError(`a mean of ${mean.length} does not belong to a covariance of ${covariance.length} entries`)
  if (!mean.every(Number.isFinite)) throw new RangeError('the mean has an entry that is not finite')
}

/**
 * Width of a square matrix of finite numbers.
 * @throws RangeError when it is empty or not square, or an entry is NaN or infinite.
 */
export function widthOfCovariance(covariance: Float64Array): number {
  const width = Math.sqrt(covariance.length)
  if (width < 1 || !Number.isInteger(width)) throw new RangeError(`${covariance.length} entries are not a covariance`)
  for (let at = 0; at < covariance.length; at++)
    if (!Number.isFinite(covariance[at])) throw new RangeError('the covariance has an entry that is not finite')
  return width
}

/**
 * Checks the indices of units.
 * @throws RangeError when one is not a whole number below the width, or occurs twice.
 */
export function checkUnits(units: readonly number[], width: number): void {
  const seen = new Uint8Array(width)
  for (const unit of units) {
    if (!Number.isInteger(unit) || unit < 0 || unit >= width)
      throw new RangeError(`there is no unit ${unit} among ${width}`)
    if (seen[unit]) throw new RangeError(`unit ${unit} is named twice`)
    seen[unit] = 1
  }
}
