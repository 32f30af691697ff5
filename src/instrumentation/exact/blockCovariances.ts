import { Covariance } from '../../saturation/covariance.ts'
import { DEFAULT_OPTIONS } from '../../protocol/measureOptions.ts'
import type { Chunk } from '../examples/passes/chunks.ts'
import type { FittedModel } from '../examples/fittedModel.ts'
import { forward } from '../examples/passes/forward.ts'
import { undisturbed } from '../examples/passes/undisturbed.ts'
import type { MeasuredSite } from '../graph/nodes/measuredSite.ts'
import { observing } from '../examples/passes/observing.ts'
import { Features } from '../sampling/features.ts'
import { summerOf } from '../sampling/layerWindows.ts'
import { Window } from '../sampling/window.ts'
import { isTensor, type Layer } from '../tfjs/tfjs.ts'

/** Blocks of examples that a bootstrap draws. */
const BLOCKS = 40
/** Memory for the covariances of all blocks of a layer, bytes. */
const MAX_BYTES = 256 * 2 ** 20

/**
 * Covariances of a layer's outputs over all rows of blocks of examples, in a forward pass of our own in inference mode.
 * Chunks go to the blocks in turns, so that each block has some of every part of an epoch.
 * @returns at least one; null where the layer was not called, gives NaN or infinity, or is too wide for its covariance
 */
export function blockCovariances(
  { engine, model }: FittedModel,
  site: MeasuredSite,
  chunks: readonly Chunk[],
): Covariance[] | null {
  const features = new Features(engine, DEFAULT_OPTIONS)
  const summer = summerOf(engine)
  const affordable = Math.floor(MAX_BYTES / (4 * site.width ** 2))
  const count = Math.max(1, Math.min(BLOCKS, chunks.length, affordable))
  const windows = Array.from({ length: count }, () => new Window(site.width, summer, () => undefined))
  let window = windows[0]!
  const observe = (layer: Layer, output: unknown): void => {
    if (layer !== site.layer || !isTensor(output) || output.dtype !== 'float32') return
    features.from(layer, [], output, (x) => x.shape.at(-1) === site.width && window.add(x, Infinity, 0))
  }
  const restore = observing([site.layer], observe)
  try {
    chunks.forEach((chunk, n) => {
      window = windows[n % count]!
      undisturbed(engine, model, () => void forward(engine, model, chunk))
    })
  } finally {
    restore()
  }
  for (const each of windows) each.flush()
  const covariances = windows.map(({ accumulator }) => accumulator)
  const isWhole = windows.every(({ rejected }) => rejected === 0)
  const known = covariances.filter((each): each is Covariance => each instanceof Covariance && each.count > 0)
  return isWhole && known.length === count ? known : null
}
