import type { BorderRule } from '../receptiveField/border.ts'
import { fieldsOfGraph, type FieldInGraph, type GraphNode } from '../receptiveField/fieldsOfGraph.ts'
import { SAME_POSITIONS, type Positions } from '../receptiveField/spatialNode.ts'
import { kindOfFactory } from './factories.ts'
import type { LayerFacts, Shape, StaticLayer } from './layerFacts.ts'

interface Graph {
  readonly layers: readonly StaticLayer[]
  readonly applications: readonly {
    readonly layer: number
    readonly inputs: readonly { application: number }[] | null
  }[]
}

/**
 * Receptive fields of applications; null where the input has no positions, where they were rearranged, and where inputs of
 * different sizes meet.
 */
export function fieldsOfApplications(
  { layers, applications }: Graph,
  facts: readonly (LayerFacts | null)[],
  rule?: BorderRule,
): (FieldInGraph | null)[] {
  const nodes = applications.map(({ layer, inputs }, n): GraphNode => {
    const known = facts[n] ?? null
    const start = known && inputs ? startOf(known, inputs, applications) : null
    return {
      name: String(n),
      kind: kindOfFactory(layers[layer]!.factory) ?? '',
      positions: inputs ? knownPositions(known, start !== null) : null,
      inputs: (inputs ?? []).map(({ application }) => String(application)),
      start,
    }
  })
  const fields = fieldsOfGraph(nodes, rule)
  return nodes.map(({ name }) => fields.get(name) ?? null)
}

/** @param starts whether the positions of the model's input begin with the layer */
function knownPositions(facts: LayerFacts | null, starts: boolean): Positions | null {
  if (!facts) return null
  const { positions } = facts
  if (positions === 'starts' || positions === 'rearranged') return starts ? SAME_POSITIONS : null
  return positions
}

/** The size of the input that begins with an application; null where none does. */
function startOf(
  facts: LayerFacts,
  inputs: readonly { application: number }[],
  all: Graph['applications'],
): readonly number[] | null {
  const takesInput = inputs.every(({ application }) => all[application]?.inputs?.length === 0)
  const starts = inputs.length === 0 || (facts.positions === 'starts' && takesInput)
  const positions = starts ? positionsOf(facts.shapes[0]!) : []
  return positions.length > 0 ? positions : null
}

/** The positions of a map whose channels come last. */
export function positionsOf(shape: Shape): number[] {
  return shape.slice(1, -1).map((size) => size ?? Infinity)
}
