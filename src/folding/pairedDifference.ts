import { studentQuantile } from './studentQuantile.ts'

/** How much two networks differ on the same examples. */
export interface PairedDifference {
  /** Mean of second − first. */
  readonly mean: number
  /** Standard error of the mean; 0 where all pairs differ equally, infinite where one pair is all there is. */
  readonly standardError: number
  /** Degrees of freedom of the standard error. */
  readonly degrees: number
  /** Ends of the 95 % interval of the mean. */
  readonly low: number
  readonly high: number
}

/**
 * Compares two networks by their values on the same chunks of examples: what makes a chunk hard for both cancels. The
 * interval is Student's for paired samples (Student 1908, "The probable error of a mean").
 * @param first value of each chunk
 * @param second value of each chunk, in the same order
 * @param weights examples of each chunk; equal by default. The standard error with unequal weights is that of a weighted
 *   mean whose variances are alike: Σ w² (d − m)² / (Σ w)² · n / (n − 1).
 * @throws RangeError when there is no chunk, or the lengths differ.
 */
export function pairedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  weights: ArrayLike<number> = new Float64Array(first.length).fill(1),
): PairedDifference {
  const n = first.length
  if (n === 0) throw new RangeError('there is nothing to compare')
  if (second.length !== n || weights.length !== n)
    throw new RangeError(`${n} values cannot be paired with ${second.length} by ${weights.length} weights`)
  let [total, sum] = [0, 0]
  for (let i = 0; i < n; i++) {
    total += weights[i]!
    sum += weights[i]! * (second[i]! - first[i]!)
  }
  const mean = sum / total
  if (n === 1) return { mean, standardError: Infinity, degrees: 0, low: -Infinity, high: Infinity }
  let squares = 0
  for (let i = 0; i < n; i++) squares += (weights[i]! * (second[i]! - first[i]! - mean)) ** 2
  const standardError = Math.sqrt((squares / total ** 2) * (n / (n - 1)))
  const reach = standardError === 0 ? 0 : studentQuantile(0.975, n - 1) * standardError
  return { mean, standardError, degrees: n - 1, low: mean - reach, high: mean + reach }
}

/**
 * The largest difference that is plausible: with 95 % confidence the mean is not above it. A network whose loss of quality
 * is at most the tolerance by this bound is shown to be within the tolerance (a test of non-inferiority), whereas one
 * whose interval only contains zero may as well be worse.
 */
export function upperBound({ mean, standardError, degrees }: PairedDifference): number {
  if (standardError === 0) return mean
  return degrees === 0 ? Infinity : mean + studentQuantile(0.95, degrees) * standardError
}
