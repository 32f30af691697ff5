import { Cholesky } from '../linalg/cholesky.ts'
import { FLOAT64_EPSILON } from '../linalg/precision.ts'
import { checkMoments, checkUnits, type Moments } from './moments.ts'

/** Observations per feature below which the estimate is regularised. */
const MIN_OBSERVATIONS_PER_FEATURE = 2
/** Smallest pivot of a correlation matrix that is not rounding, as a multiple of its order and machine epsilon. */
const PIVOT_ROUNDINGS = 4
/** Factor by which a ridge grows that does not make the matrix regular. */
const RIDGE_GROWTH = 10

/** The linear estimate of all units of a layer from some of them: x ≈ B x_S + c. */
export interface Reconstruction {
  /** The units S, in the order of B's columns. */
  readonly units: readonly number[]
  /** [width × units] B, row-major. The row of a unit of S is that of the identity. */
  readonly matrix: Float64Array
  /** [width] c = μ − B μ_S; exactly zero for the units of S. */
  readonly constant: Float64Array
  /** What was added to the correlation matrix' diagonal; 0 where the estimate is plain least squares. */
  readonly ridge: number
}

/** Whether there are so few observations that an estimate has a ridge. */
export function isRegularised(width: number, observations = Infinity): boolean {
  return observations < MIN_OBSERVATIONS_PER_FEATURE * width
}

/**
 * Least-squares estimate of all units from the units S: B = Σ_·S Σ_SS⁻¹ and c = μ − B μ_S. The units of S are
 * themselves, to the bit, so that S = all is the identity. No other linear estimate has a smaller mean squared error on
 * the data that the covariance was formed of.
 *
 * The equations are solved for the correlation matrix, whose condition does not depend on the units' scales. A ridge is
 * added to its diagonal in two cases:
 * - The matrix is singular but for rounding. The ridge is the smallest power of ten times rounding that suffices.
 * - There are fewer than two observations per feature. Least squares then fits the noise, and with as many units as
 *   observations its error on other data has no bound. The ridge is 1 / observations, which in simulations of decaying
 *   spectra, rectified and not, was near the best from half an observation to two per feature.
 *
 * A unit of S without variance explains nothing, and without S the estimate is the mean. O(width · units²)
 * @throws RangeError when the moments do not fit each other or are not finite, or a unit does not exist or occurs twice.
 */
export function reconstruction(moments: Moments, units: readonly number[]): Reconstruction {
  checkMoments(moments)
  const { mean, covariance, observations = Infinity } = moments
  const width = mean.length
  checkUnits(units, width)
  const chosen = new Set(units)
  const others = Array.from({ length: width }, (_, i) => i).filter((i) => !chosen.has(i))
  const matrix = new Float64Array(width * units.length)
  units.forEach((unit, column) => (matrix[unit * units.length + column] = 1))
  const varying = units.flatMap((unit, column) => (covariance[unit * width + unit]! > 0 ? [{ unit, column }] : []))
  const least = isRegularised(width, observations) ? 1 / Math.max(1, observations) : 0
  let ridge = 0
  if (others.length > 0 && varying.length > 0) {
    const selected = varying.map(({ unit }) => unit)
    const scales = selected.map((unit) => Math.sqrt(covariance[unit * width + unit]!))
    const { factor, added } = factorOf(() => correlation(covariance, width, selected, scales), selected.length, least)
    ridge = added
    const solution = crossCovariance(covariance, width, selected, scales, others)
    factor.solve(solution, others.length)
    varying.forEach(({ column }, s) =>
      others.forEach(
        (unit, o) => (matrix[unit * units.length + column] = solution[s * others.length + o]! / scales[s]!),
      ),
    )
  }
  return { units, matrix, constant: constantOf(mean, matrix, units, others), ridge }
}

/** Correlation of the selected units with each other, [selected × selected]. */
function correlation(
  covariance: Float64Array,
  width: number,
  selected: readonly number[],
  scales: readonly number[],
): Float64Array {
  const n = selected.length
  const result = new Float64Array(n * n)
  selected.forEach((unit, i) => {
    for (let j = 0; j < n; j++) result[i * n + j] = covariance[unit * width + selected[j]!]! / scales[i]! / scales[j]!
  })
  return result
}

/** Covariance of the selected units, divided by their scales, with the others: [selected × others]. */
function crossCovariance(
  covariance: Float64Array,
  width: number,
  selected: readonly number[],
  scales: readonly number[],
  others: readonly number[],
): Float64Array {
  const result = new Float64Array(selected.length * others.length)
  selected.forEach((unit, s) => {
    for (let o = 0; o < others.length; o++)
      result[s * others.length + o] = covariance[unit * width + others[o]!]! / scales[s]!
  })
  return result
}

/** Factorises a correlation matrix, with the least ridge that makes it regular and is not less than `least`. */
function factorOf(correlated: () => Float64Array, order: number, least: number): { factor: Cholesky; added: number } {
  const rounding = PIVOT_ROUNDINGS * order * FLOAT64_EPSILON
  for (let ridge = least; ; ridge = Math.max(rounding, ridge * RIDGE_GROWTH)) {
    // The matrix becomes the factor: wide layers have no memory to spare for both.
    const matrix = correlated()
    for (let i = 0; i < order; i++) matrix[i * order + i]! += ridge
    const factor = Cholesky.of(matrix, order, rounding)
    if (factor) return { factor, added: ridge }
  }
}

function constantOf(
  mean: Float64Array,
  matrix: Float64Array,
  units: readonly number[],
  others: readonly number[],
): Float64Array {
  const constant = new Float64Array(mean.length)
  for (const unit of others) {
    let estimate = 0
    for (let s = 0; s < units.length; s++) estimate += matrix[unit * units.length + s]! * mean[units[s]!]!
    constant[unit] = mean[unit]! - estimate
  }
  return constant
}
