import type { Measurement } from '../protocol/events.ts'
import { dimensionBounds } from '../saturation/dimensionBounds.ts'

/** Share of the variance whose eigenspace every layer can be projected onto without loss, as measured. */
const LOSSLESS_DELTA = 0.999
/** Factor above the lossless dimension: the narrower layer is trained anew, which takes more room than a projection. */
const MARGIN = 1.1

/**
 * A width that keeps the eigenspace holding 99.9 % of the variance, plus a margin of 10 %, rounded up to a multiple
 * that suits vector hardware (8; 4 below 32).
 * @returns null when that is not less than the present width.
 */
export function recommendedWidth(measurement: Measurement): number | null {
  const k = dimensionBounds(measurement.spectrum, LOSSLESS_DELTA).high
  if (k === 0) return null
  const wanted = k * MARGIN
  const multiple = wanted < 32 ? 4 : 8
  const width = Math.ceil(wanted / multiple) * multiple
  return width < measurement.width ? width : null
}
