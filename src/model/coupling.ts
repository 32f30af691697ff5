import { layerKind } from './layerKinds.ts'

/** A layer of the model's graph, as far as coupling depends on it. */
export interface Node {
  id: string
  /** Class name, e.g. `Add`. */
  kind: string
  /** Ids of the layers whose output this one takes. A layer that is used several times may take its own, over others. */
  inbound: string[]
}

/** How a width has come to a layer: its output has the width, or its output and all that makes it. */
type Direction = 'down' | 'up'

/** A layer that has been reached, and from where. */
interface Visit {
  node: Node
  direction: Direction
  from: Visit | null
}

/**
 * Which layers of a model have to have one width, because element-wise merges (residual connections) join their
 * outputs. Made from the graph of layers alone, for logs without groups. Each question takes time linear in the size of
 * the graph, also where layers are used several times and the graph has cycles.
 */
export class CouplingGraph {
  readonly #layers: readonly Node[]
  readonly #byId: ReadonlyMap<string, Node>
  readonly #consumers = new Map<string, Node[]>()

  constructor(layers: readonly Node[]) {
    this.#layers = layers
    this.#byId = new Map(layers.map((layer) => [layer.id, layer]))
    for (const layer of layers) {
      for (const id of new Set(layer.inbound)) {
        const consumers = this.#consumers.get(id)
        if (consumers) consumers.push(layer)
        else this.#consumers.set(id, [layer])
      }
    }
  }

  /**
   * Finds the layers whose width has to change together with that of `id`.
   * @returns their ids in the order of the forward pass, without `id`; empty when the layer's width is free.
   */
  coupledWith(id: string): string[] {
    const up = this.#walk(id, null).up
    return this.#layers
      .filter((layer) => layer.id !== id && up.has(layer.id) && setsOwnWidth(layer))
      .map(({ id }) => id)
  }

  /** The layer that merges `id` with `other`: the first in the forward pass that alone couples them; null when none does. */
  mergeOf(id: string, other: string): Node | null {
    const onTheWay = new Set<Node>()
    // What alone couples them lies on every way from one to the other, so it lies on the shortest.
    for (let visit = this.#walk(id, null).up.get(other) ?? null; visit; visit = visit.from) onTheWay.add(visit.node)
    const alone = (layer: Node): boolean =>
      layer.inbound.length > 1 &&
      layer.id !== id &&
      layer.id !== other &&
      onTheWay.has(layer) &&
      !this.#walk(id, layer.id).up.has(other)
    return this.#layers.find(alone) ?? null
  }

  /**
   * Follows a width breadth first: to the layers that pass it on, and from a merge to everything that it merges.
   * @param without id of a layer that is left out of the graph; null for none
   */
  #walk(id: string, without: string | null): Record<Direction, ReadonlyMap<string, Visit>> {
    const visited = { down: new Map<string, Visit>(), up: new Map<string, Visit>() }
    const pending: Visit[] = []
    const visit = (node: Node | undefined, direction: Direction, from: Visit | null): void => {
      if (!node || node.id === without || visited[direction].has(node.id)) return
      const next = { node, direction, from }
      visited[direction].set(node.id, next)
      pending.push(next)
    }
    visit(this.#byId.get(id), 'down', null)
    // The list grows while it is walked through.
    for (const reached of pending) {
      const { node, direction } = reached
      if (direction === 'up') {
        if (!setsOwnWidth(node)) for (const input of node.inbound) visit(this.#byId.get(input), 'up', reached)
        visit(node, 'down', reached)
        continue
      }
      for (const consumer of this.#consumers.get(node.id) ?? []) {
        if (setsOwnWidth(consumer)) continue
        visit(consumer, 'down', reached)
        if (consumer.id === without || !isMerge(consumer)) continue
        const merge: Visit = { node: consumer, direction: 'down', from: reached }
        for (const input of consumer.inbound) visit(this.#byId.get(input), 'up', merge)
      }
    }
    return visited
  }
}

function setsOwnWidth(layer: Node): boolean {
  return !layerKind(layer.kind).passesWidthOn
}

function isMerge(layer: Node): boolean {
  return layerKind(layer.kind).mergesShapes && layer.inbound.length > 1
}
