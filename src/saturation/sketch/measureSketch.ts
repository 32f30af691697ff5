import type { Bounds } from '../dimensionBounds.ts'
import type { Saturation } from '../measure.ts'
import type { Sketch } from './sketch.ts'
import { sketchDimensionInSteps } from './sketchDimension.ts'
import type { Spectrum } from '../spectrum.ts'

/** A saturation of which k is an estimate; null bounds where k is 0 for want of variance or observations. */
export interface SketchedSaturation extends Saturation {
  bounds: Bounds | null
}

/**
 * `measure` of a layer too wide for its covariance to be kept, in steps of some milliseconds. The spectrum is what is
 * known for certain: no eigenvalue of its head exceeds the covariance's own, and the rest of the trace is one bin.
 * It has no eigenvectors.
 * @param rejected observations left out for NaN or infinity; any makes the status `nonFinite`, k being that of the rest.
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
  const { k, low, high, values, missed } = yield* sketchDimensionInSteps(sketch, delta)
  const others = sketch.width - values.length
  const tail = others > 0 && missed > 0 ? [{ count: others, sum: missed }] : []
  return { status: status ?? 'ok', k, trace, spectrum: { head: [...values], tail }, vectors: [], bounds: { low, high } }
}
