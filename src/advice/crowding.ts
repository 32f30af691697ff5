import { layerKind } from '../model/layerKinds.ts'
import type { Measurement } from '../protocol/measurement.ts'
import type { LayerState } from '../run/state.ts'

/** Layers up to this wide use all of it in any case: nothing follows from that. */
const NARROW = 2

/**
 * Training steps before which a full layer says nothing: random weights spread any input over all dimensions, and only
 * training draws them together.
 */
const STEPS_OF_INITIALISATION = 100

/** Whether a layer that uses nearly all of its width may need more of it. */
export function mayNeedWidth(layer: LayerState, { width, steps }: Measurement): boolean {
  const isInitial = steps !== undefined && steps.last < STEPS_OF_INITIALISATION
  return width > NARROW && !isInitial && !isLikeOutput(layer)
}

/**
 * Whether the task sets what a layer's features are, though they go on into the model: mean and log-variance of a latent
 * space are linear, and meet noise or the loss.
 */
function isLikeOutput({ kind, activation, measuredBehind, group, reachesLoss }: LayerState): boolean {
  const isLinear = (activation === null || activation === 'linear') && measuredBehind === undefined
  if (!isLinear || layerKind(kind).contraction === null) return false
  const meetsNoise = group !== undefined && (group.given === 'constant' || group.given === 'data')
  return meetsNoise || reachesLoss === true
}
