import type { Layer } from '../../../src/protocol/layer.ts'
import { layer } from '../../presentation/layers.ts'

/** A layer as an event describes it: without its measurements, which the event's schema does not have. */
export function describedLayer(parts: Partial<Layer>): Layer {
  const { train: _, eval: _e, measuredAtStep: _m, history: _h, sufficient: _s, embedding: _b, ...what } = layer(parts)
  return what
}
