import { coupledWith, type Node } from './coupling.ts'

/** The layers whose width can only change together with that of the layer asked about. */
export interface Partners {
  /** Their names, in the order of the forward pass; at least one. */
  names: string[]
  /** Name of the layer that merges the first of them with the layer asked about; null when no single layer does. */
  merge: string | null
}

/** `group`: what the operations of a training step show; missing in old logs. */
type NamedNode = Node & { name: string; group?: { id: string } | undefined }

/** Partners already found, by a model's list of layers: finding them takes a walk over the graph for each layer. */
const found = new WeakMap<readonly NamedNode[], Map<string, Partners | null>>()

/** Returns the partners of the layer `id`; null when its width is free. */
export function partnersOf(layers: readonly NamedNode[], id: string): Partners | null {
  let ofModel = found.get(layers)
  if (!ofModel) found.set(layers, (ofModel = new Map<string, Partners | null>()))
  let partners = ofModel.get(id)
  if (partners === undefined) ofModel.set(id, (partners = findPartners(layers, id)))
  return partners
}

/** Returns the ids of the layers in a layer's group; in logs without groups those that the graph of layers couples. */
function tiedTo(layers: readonly NamedNode[], id: string): string[] {
  const group = layers.find((layer) => layer.id === id)?.group
  if (!group) return coupledWith(layers, id)
  return layers.flatMap((layer) => (layer.group?.id === group.id && layer.id !== id ? [layer.id] : []))
}

function findPartners(layers: readonly NamedNode[], id: string): Partners | null {
  const ids = tiedTo(layers, id)
  const [first] = ids
  if (first === undefined) return null
  // The merge is the layer whose removal would uncouple the two.
  const isMerged = coupledWith(layers, id).includes(first)
  const merge = layers.find(
    (layer) =>
      isMerged &&
      layer.inbound.length > 1 &&
      !coupledWith(
        layers.filter((other) => other !== layer),
        id,
      ).includes(first),
  )
  const names = ids.map((partner) => layers.find((layer) => layer.id === partner)?.name ?? partner)
  return { names, merge: merge?.name ?? null }
}
