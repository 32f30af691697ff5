import { LAYER_KINDS } from '../../model/layerKinds.ts'
import type { Layer } from '../../protocol/layer.ts'

/** A layer of the graph, as far as the search for its activation depends on it. */
export interface Node {
  info: Pick<Layer, 'kind' | 'width' | 'activation' | 'outputShape'>
  /** Layers that have taken its output. */
  consumers: ReadonlySet<Node>
}

/**
 * Returns the activation layer that alone takes a linear layer's output, directly or behind normalisation, as in
 * convolution, batch normalisation, ReLU. The layer's features are what it gives to the next layer, so they are measured
 * there.
 * @returns null for a layer with an activation of its own, and where another layer takes its output as well.
 */
export function activationBehind<T extends Node>(layer: T): T | null {
  if (!isLinear(layer)) return null
  for (let at: Node = layer; ;) {
    const [next] = at.consumers.size === 1 ? at.consumers : []
    if (!next || !isAlike(layer, next)) return null
    const kind = LAYER_KINDS.get(next.info.kind)
    if (kind?.activation && next.info.activation !== 'linear') return next as T
    if (!kind?.normaliser) return null
    at = next
  }
}

/** Whether a layer is one of the library's that makes features by a weight, and applies no activation to them. */
export function isLinear({ info }: Node): boolean {
  const contraction = LAYER_KINDS.get(info.kind)?.contraction ?? null
  // A wrapper does not show the activation of the layer within. The entries of a table are trained as they are.
  const isShown = contraction !== null && contraction !== 'wrapped' && contraction !== 'table'
  return isShown && (info.activation === null || info.activation === 'linear')
}

/** Whether two outputs have the same shape, whatever the sizes of images. */
function isAlike({ info: a }: Node, { info: b }: Node): boolean {
  return a.width === b.width && a.outputShape?.length === b.outputShape?.length
}
