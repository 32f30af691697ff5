import type { Bounds } from '../dimensionBounds.ts'
import type { Saturation } from '../measure.ts'
import type { Sketch } from './sketch.ts'
import { sketchDimensionInSteps } from './sketchDimension.ts'
import type { Spectrum } from '../spectrum.ts'

/**
 * A saturation whose k is an estimate. `bounds` is null where k is 0 because there are no observations or no variance.
 */
export interface SketchedSaturation extends Saturation {
  bounds: Bounds | null
}

/**
 * `measure` for a layer whose covariance is too large to be stored, in steps of a few milliseconds. The spectrum
 * contains only what is certain: the head has lower bounds of the covariance's eigenvalues, and a single bin has the
 * rest of the trace. There are no eigenvectors.
 * @param rejected observations left out because of NaN or infinity. If there are any, the status is `nonFinite`, and k
 *   is that of the other observations.
 */
export function* measureSketchInSteps(
  sketch: Sketch,
  delta: number,
  rejected = 0,
): Generator<void, SketchedSaturation> {
  const empty: Spectrum = { head: [], tail: [] }
  const trace = sketch.trace()
  const nothing = { k: 0, spectrum: empty, vectors: [], bounds: null }
  if (!Number.isFinite(trace)) return { status: 'nonFinite', trace: null, ...nothing }
  const status = rejected > 0 ? 'nonFinite' : null
  if (sketch.count < 2) return { status: status ?? 'tooFew', trace, ...nothing }
  if (sketch.isConstant()) return { status: status ?? 'constant', trace: 0, ...nothing }
  const { k, low, high, values, residualTrace } = yield* sketchDimensionInSteps(sketch, delta)
  const others = sketch.width - values.length
  const tail = others > 0 && residualTrace > 0 ? [{ count: others, sum: residualTrace }] : []
  return { status: status ?? 'ok', k, trace, spectrum: { head: [...values], tail }, vectors: [], bounds: { low, high } }
}
