import { CouplingGraph, type Node } from './coupling.ts'

/** The layers whose width can only change together with that of the layer asked about. */
export interface Partners {
  /** Their names, in the order of the forward pass; at least one. */
  names: string[]
  /** Name of the layer that merges the first of them with the layer asked about; null when no single layer does. */
  merge: string | null
}

/** `group`: what the operations of a training step show; missing in old logs. */
type NamedNode = Node & { name: string; group?: { id: string } | undefined }

/** What has been found in a model: its graph, and the partners of the layers that were asked about. */
interface Found {
  graph: CouplingGraph
  partners: Map<string, Partners | null>
}

/** What has been found, by a model's list of layers: each question takes a walk over the graph. */
const found = new WeakMap<readonly NamedNode[], Found>()

/** Returns the partners of the layer `id`; null when its width is free. */
export function partnersOf(layers: readonly NamedNode[], id: string): Partners | null {
  let ofModel = found.get(layers)
  if (!ofModel) found.set(layers, (ofModel = { graph: new CouplingGraph(layers), partners: new Map() }))
  const { graph, partners } = ofModel
  let answer = partners.get(id)
  if (answer === undefined) partners.set(id, (answer = findPartners(layers, graph, id)))
  return answer
}

/** Returns the ids of the layers in a layer's group; in logs without groups those that the graph of layers couples. */
function tiedTo(layers: readonly NamedNode[], graph: CouplingGraph, id: string): string[] {
  const group = layers.find((layer) => layer.id === id)?.group
  if (!group) return graph.coupledWith(id)
  return layers.flatMap((layer) => (layer.group?.id === group.id && layer.id !== id ? [layer.id] : []))
}

function findPartners(layers: readonly NamedNode[], graph: CouplingGraph, id: string): Partners | null {
  const ids = tiedTo(layers, graph, id)
  const [first] = ids
  if (first === undefined) return null
  const merge = graph.mergeOf(id, first)
  const nameOf = new Map(layers.map((layer) => [layer.id, layer.name]))
  return { names: ids.map((partner) => nameOf.get(partner) ?? partner), merge: merge && (nameOf.get(merge.id) ?? null) }
}
