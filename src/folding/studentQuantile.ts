/** Bisections of an angle after which it no longer changes in float64. */
const BISECTIONS = 60

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
