import { layerKind } from './layerKinds.ts'

/** A layer of the model's graph, as far as coupling depends on it. */
export interface Node {
  id: string
  /** Class name, e.g. `Add`. */
  kind: string
  /** Ids of the layers whose output this one takes. */
  inbound: string[]
}

/**
 * Finds the layers whose width has to change together with that of `id`, because an element-wise merge (a residual
 * connection) joins their outputs.
 * @returns their ids in the order of the forward pass, without `id`; empty when the layer's width is free.
 */
export function coupledWith(layers: readonly Node[], id: string): string[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  const reached = new Set<string>()
  const merges = new Set<string>()
  const setsOwnWidth = (layer: Node) => !layerKind(layer.kind).passesWidthOn

  const downstream = (from: string): void => {
    for (const layer of layers) {
      if (!layer.inbound.includes(from) || setsOwnWidth(layer) || merges.has(layer.id)) continue
      if (layerKind(layer.kind).mergesShapes && layer.inbound.length > 1) {
        merges.add(layer.id)
        layer.inbound.forEach(upstream)
      }
      downstream(layer.id)
    }
  }
  const upstream = (from: string): void => {
    const layer = byId.get(from)
    if (!layer || reached.has(from)) return
    reached.add(from)
    if (!setsOwnWidth(layer)) layer.inbound.forEach(upstream)
    downstream(from)
  }
  downstream(id)
  reached.delete(id)
  return layers.filter((layer) => reached.has(layer.id) && setsOwnWidth(layer)).map((layer) => layer.id)
}
