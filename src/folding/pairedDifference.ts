/** Bisections of an angle after which it no longer changes in float64. */
const BISECTIONS = 60

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

/**
 * Quantile of Student's t distribution: the t that a variable is below with the given probability. It is found by
 * bisection of the distribution function.
 * @param probability in (0, 1)
 * @param degrees degrees of freedom, a whole number from 1 on
 * @throws RangeError when one of them is out of range.
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`there is no quantile of ${probability}`)
  if (!Number.isInteger(degrees) || degrees < 1) throw new RangeError(`there are no ${degrees} degrees of freedom`)
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees)
  const within = 2 * probability - 1
  let [low, high] = [0, Math.PI / 2]
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2
    if (probabilityWithin(middle, degrees) < within) low = middle
    else high = middle
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2)
}

/**
 * Probability that a variable is between −t and t, where t = √ν tan θ (Abramowitz and Stegun 1964, "Handbook of
 * Mathematical Functions", 26.7.3 for odd and 26.7.4 for even degrees ν).
 */
function probabilityWithin(theta: number, degrees: number): number {
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)]
  const isOdd = degrees % 2 === 1
  let term = isOdd ? cos : 1
  let sum = degrees > 1 ? term : 0
  for (let power = isOdd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= ((power - 1) / power) * cos * cos
    sum += term
  }
  return isOdd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum
}
