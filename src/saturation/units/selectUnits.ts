import { FLOAT64_EPSILON } from '../linalg/precision.ts'
import { widthOfCovariance } from './moments.ts'
import { Residual } from './residual.ts'

/** Roundings of one entry, as a multiple of the width, that elimination may add up to. */
const ROUNDINGS_PER_UNIT = 4

/** When a selection ends before the numerical rank. */
export interface SelectionLimits {
  /** Most units that are chosen. */
  count?: number
  /** Share of the variance, in [0, 1], at which the selection is complete. */
  share?: number
  /** Relative rounding of the covariances' entries; that of float64 by default. */
  precision?: number
}

/** Units of a layer in the order in which they explain the others. Every beginning of it is the selection of its size. */
export interface UnitSelection {
  /** Chosen units. */
  order: number[]
  /** [order] Share of the variance that this many units explain; the mean of the shares of several covariances. */
  explained: Float64Array
}

/**
 * Chooses the units that explain the others best, one after the other: greedy column subset selection. Each step takes
 * the unit j with the largest Σ_i R_ij² / R_jj, where R is what the units before it leave of the covariance Σ (pivoted
 * Cholesky factorisation of Σ; with the largest R_jj in its place it would be that of LAPACK's `dpstrf`). This is the
 * decrease of R's trace, so the unit that explains most of the whole layer comes next, not the one that varies most
 * (Farahat, Elgohary, Ghodsi and Kamel 2013, "Efficient greedy feature selection for unsupervised learning").
 *
 * Several covariances, of layers that have to keep the same units, are divided by their traces, and their decreases are
 * added. A covariance without variance has no say.
 *
 * The selection ends where the rest is rounding (numerical rank), with no units if nothing varies. Of units that explain
 * equally much the first is taken. O(width² · units) in time for each covariance.
 *
 * @param covariances [width × width] each, row-major, both triangles. They are not modified.
 * @throws RangeError when there is no covariance, one is not square or of another width than the first, an entry is NaN
 *   or infinite, or a limit is out of range.
 */
export function selectUnits(
  covariances: readonly Float64Array[],
  { count = Infinity, share = 1, precision = FLOAT64_EPSILON }: SelectionLimits = {},
): UnitSelection {
  const width = commonWidth(covariances)
  if (!(count >= 0)) throw new RangeError(`the number of units must not be negative, got ${count}`)
  if (!(share >= 0 && share <= 1)) throw new RangeError(`the share must be in [0, 1], got ${share}`)
  const rounding = ROUNDINGS_PER_UNIT * width * precision
  const residuals = covariances
    .filter((covariance) => !Residual.isEmpty(covariance, width))
    .map((covariance) => new Residual(covariance, width, rounding))
  const left = (): number => residuals.reduce((sum, residual) => sum + residual.left, 0) / residuals.length
  const places = Array.from({ length: width }, (_, unit) => unit)
  const order: number[] = []
  const explained: number[] = []
  while (residuals.length > 0 && order.length < count && (explained.at(-1) ?? 0) < share) {
    const place = bestPlace(residuals, places)
    if (place === null) break
    order.push(places[place]!)
    const last = places.pop()!
    if (place < places.length) places[place] = last
    for (const residual of residuals) residual.take(place)
    explained.push(1 - left())
  }
  return { order, explained: Float64Array.from(explained) }
}

/**
 * The units of a layer of some width, ascending: the first of a selection's order, and where that has too few, which
 * explain all that varies, the units that come first in the layer.
 * @throws RangeError when the count is not a whole number from 0 to the width.
 */
export function unitsOfSize(order: readonly number[], count: number, width: number): number[] {
  if (!Number.isInteger(count) || count < 0 || count > width)
    throw new RangeError(`${count} of ${width} units cannot be chosen`)
  const units = new Set(order.slice(0, count))
  for (let unit = 0; units.size < count; unit++) units.add(unit)
  return [...units].sort((a, b) => a - b)
}

function commonWidth(covariances: readonly Float64Array[]): number {
  const [width, ...others] = covariances.map(widthOfCovariance)
  if (width === undefined) throw new RangeError('there is no covariance to choose units by')
  const other = others.find((each) => each !== width)
  if (other !== undefined) throw new RangeError(`units of widths ${width} and ${other} cannot be chosen together`)
  return width
}

/** The place of the unit that explains most; null where no unit explains anything. */
function bestPlace(residuals: readonly Residual[], places: readonly number[]): number | null {
  let best: number | null = null
  let most = 0
  for (let place = 0; place < places.length; place++) {
    const gain = residuals.reduce((sum, residual) => sum + residual.gain(place), 0)
    if (gain > most || (gain === most && best !== null && places[place]! < places[best]!)) {
      best = place
      most = gain
    }
  }
  return best
}
