import { studentQuantile } from '../folding/pairedDifference.ts'

/** Values of one quantity in several runs. */
export interface Spread {
  readonly mean: number
  /** Sample standard deviation; null where one value is all there is. */
  readonly deviation: number | null
  readonly values: readonly number[]
}

/** The spread of the values; null where there are none. */
export function spreadOf(values: readonly number[]): Spread | null {
  const count = values.length
  if (count === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  if (count === 1) return { mean, deviation: null, values }
  return { mean, deviation: Math.sqrt(sumOfSquares(values, mean) / (count - 1)), values }
}

/** Whether several runs gave one value to the bit, as those of a script do that seeds all of its random numbers. */
export function areIdentical({ values }: Spread): boolean {
  return values.length > 1 && values.every((value) => value === values[0])
}

/**
 * The 95 % interval of second − first: Welch's where both were repeated (Welch 1947, "The generalization of Student's
 * problem"; degrees of freedom by Satterthwaite 1946, rounded down), Student's with the one standard deviation there is
 * where only one of them was.
 * @returns null where neither was repeated, or all repeats are identical: nothing shows what chance does then.
 */
export function intervalOfDifference(first: Spread, second: Spread): { low: number; high: number } | null {
  const both = [first, second]
  const varied = both.filter((spread) => spread.deviation !== null && !areIdentical(spread))
  const [one] = varied
  if (!one) return null
  const { variance, degrees } = varied.length === 2 ? ofBoth(first, second) : ofOne(one, both)
  const reach = studentQuantile(0.975, degrees) * Math.sqrt(variance)
  const mean = second.mean - first.mean
  return { low: mean - reach, high: mean + reach }
}

/** Variance of a difference of means, and its degrees of freedom. */
interface Chance {
  variance: number
  degrees: number
}

function ofBoth(first: Spread, second: Spread): Chance {
  const parts = [first, second].map(({ deviation, values }) => {
    return { ofMean: (deviation ?? 0) ** 2 / values.length, degrees: values.length - 1 }
  })
  const variance = parts.reduce((sum, { ofMean }) => sum + ofMean, 0)
  const spread = parts.reduce((sum, { ofMean, degrees }) => sum + ofMean ** 2 / degrees, 0)
  return { variance, degrees: Math.max(1, Math.floor(variance ** 2 / spread)) }
}

/** Both are taken to vary as the one does that was repeated. Identical repeats count as one run. */
function ofOne({ deviation, values }: Spread, both: readonly Spread[]): Chance {
  const perRun = both.reduce((sum, spread) => sum + 1 / (areIdentical(spread) ? 1 : spread.values.length), 0)
  return { variance: (deviation ?? 0) ** 2 * perRun, degrees: values.length - 1 }
}

function sumOfSquares(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}
