import type { BorderRule } from './border.ts'
import { receptiveFields, type ReceptiveField, type ReceptiveFields } from './receptiveFields.ts'
import { SAME_POSITIONS, type Positions, type SpatialNode } from './spatialNode.ts'

/** A layer of a graph in which some layers are not known. */
export interface GraphNode {
  /** Unique within the graph. */
  readonly name: string
  /** Class name as TensorFlow.js gives it. */
  readonly kind: string
  /** Null where they are not known, or rearranged. */
  readonly positions: Positions | null
  /** Names of the nodes whose outputs it takes; those that come later in the list count as unknown. */
  readonly inputs: readonly string[]
  /** Positions of the input that begins here, by axis; null where none does. */
  readonly start: readonly number[] | null
}

/** What a node sees of its input, together with all others that see an input of the same size. */
export interface FieldInGraph {
  readonly field: ReceptiveField
  readonly input: readonly number[]
  readonly group: ReceptiveFields
}

/**
 * Receptive fields by name. A node has none where its input has no positions, where these were rearranged, behind unknown
 * nodes, and where inputs of different sizes meet.
 * @param nodes in an order in which inputs come first
 */
export function fieldsOfGraph(nodes: readonly GraphNode[], rule?: BorderRule): Map<string, FieldInGraph> {
  /** The size of the input that each node sees. */
  const sizes = new Map<string, readonly number[]>()
  /** Nodes by the size of that input. */
  const groups = new Map<string, { input: readonly number[]; nodes: SpatialNode[] }>()
  for (const { name, kind, positions, inputs, start } of nodes) {
    const input = start ?? sharedSize(inputs.map((each) => sizes.get(each) ?? null))
    if (!input || positions === null) continue
    sizes.set(name, input)
    const group = groups.get(String(input)) ?? { input, nodes: [] }
    groups.set(String(input), group)
    const own = positions === 'all' ? { ...SAME_POSITIONS, kernel: 'all' as const } : positions
    group.nodes.push({ ...own, name, kind, inputs: start ? [] : inputs })
  }
  const found = new Map<string, FieldInGraph>()
  for (const { input, nodes: own } of groups.values()) {
    const group = receptiveFields(own, input, rule)
    for (const field of group.layers) found.set(field.name, { field, input, group })
  }
  return found
}

/** The size that all inputs see; null where they differ. */
function sharedSize(sizes: readonly (readonly number[] | null)[]): readonly number[] | null {
  const [first = null] = sizes
  return first && sizes.every((size) => String(size) === String(first)) ? first : null
}
