import type { FanIn, Feed } from '../../../model/axes/feeds.ts'
import { layerKind } from '../../../model/layerKinds.ts'
import type { Layer } from '../../../protocol/layer.ts'

/** A layer of the graph, as far as its limit depends on it. */
export interface Node {
  info: Pick<Layer, 'id' | 'kind' | 'width' | 'outputShape'>
  fanIn: FanIn | null
  /** Layers whose output this one has taken. */
  inbound: ReadonlySet<Node>
  /** Whether an input was no layer's output. */
  fedByData: boolean
}

/**
 * What limits a layer's independent features, as the `model` event has it: nothing where they may be as many as its
 * width.
 * @param feed who sets the number of the layer's inputs; missing where no step was traced
 */
export function limitOf(layer: Node, feed: Feed | undefined): Pick<Layer, 'limit'> {
  const { fanIn, info } = layer
  if (!fanIn || info.width === null) return {}
  const table = tableBehind(layer)
  const entries = table?.fanIn?.count ?? Infinity
  if (table && entries - 1 < Math.min(info.width, fanIn.count))
    return { limit: { count: entries, by: 'vocabulary', layer: table.info.id } }
  const { count, by } = fanIn
  if ((by === 'vocabulary' ? count - 1 : count) >= info.width) return {}
  return { limit: by === 'inputs' && feed ? { count, ...feed } : { count, by, layer: null } }
}

/**
 * Returns the table of which a layer's every feature vector is a function: as many points go in as the table has entries,
 * and no more come out, whatever the activations do.
 * @returns null where inputs are merged, pooled or taken from several positions on the way.
 */
function tableBehind(layer: Node): Node | null {
  const visited = new Set<Node>()
  for (let at = layer; !visited.has(at);) {
    visited.add(at)
    const [from] = at.inbound.size === 1 ? at.inbound : []
    if (!from || at.fedByData || !keepsPoints(from, at)) return null
    if (layerKind(from.info.kind).contraction === 'table') return from
    at = from
  }
  return null
}

/** Whether a layer makes one feature vector of each that it takes. */
function keepsPoints(from: Node, to: Node): boolean {
  const { contraction, passesWidthOn, reshapes } = layerKind(to.info.kind)
  if (positions(from) !== positions(to)) return false
  if (contraction !== null) return contraction === 'matrix'
  return (passesWidthOn || reshapes) && from.info.width === to.info.width
}

/** The sizes of an output's axes between examples and features, without those of 1. */
function positions({ info }: Node): string {
  return (info.outputShape ?? [])
    .slice(1, -1)
    .filter((size) => size !== 1)
    .join()
}
