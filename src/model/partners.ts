import { coupledWith, type Node } from './coupling.ts'

/** Layers whose width can only change together with another's. */
export interface Partners {
  /** Their names, in the order of the forward pass; at least one. */
  names: string[]
  /** Name of the layer that merges the first of them with the layer asked about; null when it is not one alone. */
  merge: string | null
}

type NamedNode = Node & { name: string }

/** A model's couplings cost a walk over its graph per layer and never change: kept as long as its list of layers. */
const known = new WeakMap<readonly NamedNode[], Map<string, Partners | null>>()

/** The partners of the layer `id`; null when its width is free. */
export function partnersOf(layers: readonly NamedNode[], id: string): Partners | null {
  let ofModel = known.get(layers)
  if (!ofModel) known.set(layers, (ofModel = new Map<string, Partners | null>()))
  let partners = ofModel.get(id)
  if (partners === undefined) ofModel.set(id, (partners = findPartners(layers, id)))
  return partners
}

function findPartners(layers: readonly NamedNode[], id: string): Partners | null {
  const ids = coupledWith(layers, id)
  const [first] = ids
  if (first === undefined) return null
  // The merge is the layer without which the two would be free of each other.
  const merge = layers.find(
    (layer) =>
      layer.inbound.length > 1 &&
      !coupledWith(
        layers.filter((other) => other !== layer),
        id,
      ).includes(first),
  )
  const names = ids.map((partner) => layers.find((layer) => layer.id === partner)?.name ?? partner)
  return { names, merge: merge?.name ?? null }
}
