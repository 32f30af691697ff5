import { Covariance } from '../../saturation/covariance.ts'
import type { Moments } from '../../saturation/units/moments.ts'
import { DEFAULT_OPTIONS } from '../../protocol/measureOptions.ts'
import type { Chunk } from '../examples/passes/chunks.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import { forward } from '../examples/passes/forward.ts'
import { observing } from '../examples/passes/observing.ts'
import { undisturbed } from '../examples/passes/undisturbed.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { Features } from '../sampling/features.ts'
import { summerOf } from '../sampling/layerWindows.ts'
import { Window } from '../sampling/window.ts'
import { isTensor, type Layer } from '../tfjs/tfjs.ts'

/** Observations per feature of a covariance, where the examples give as many. */
const OBSERVATIONS_PER_FEATURE = 200

/**
 * Means and covariances of layers' outputs in a forward pass of our own in inference mode.
 * @param chunks examples of the training
 * @returns by site; missing where the layer was not called, or gave NaN or infinity.
 */
export function momentsOfSites(
  { engine, model }: FittedModel,
  sites: readonly MeasuredSite[],
  chunks: readonly Chunk[],
): Map<MeasuredSite, Moments> {
  const features = new Features(engine, DEFAULT_OPTIONS)
  const summer = summerOf(engine)
  const windows = new Map(sites.map((site) => [site.layer, new Window(site.width, summer, () => undefined)]))
  const observe = (layer: Layer, output: unknown): void => {
    const window = windows.get(layer)
    if (!window || !isTensor(output) || output.dtype !== 'float32') return
    const rows = Math.ceil((OBSERVATIONS_PER_FEATURE * window.accumulator.width) / chunks.length)
    features.from(layer, [], output, (x) => x.shape.at(-1) === window.accumulator.width && window.add(x, rows, 0))
  }
  const restore = observing(
    sites.map(({ layer }) => layer),
    observe,
  )
  try {
    for (const chunk of chunks) undisturbed(engine, model, () => void forward(engine, model, chunk))
  } finally {
    restore()
  }
  const found = new Map<MeasuredSite, Moments>()
  for (const site of sites) {
    const window = windows.get(site.layer)!
    window.flush()
    const { accumulator } = window
    if (!(accumulator instanceof Covariance) || accumulator.count === 0 || window.rejected > 0) continue
    const { mean, count: observations } = accumulator
    found.set(site, { mean, covariance: accumulator.matrix(), observations })
  }
  return found
}
