import type { BorderRule } from '../receptiveField/border.ts'
import { receptiveFields, type ReceptiveField, type ReceptiveFields } from '../receptiveField/receptiveFields.ts'
import type { SpatialNode } from '../receptiveField/spatialNode.ts'
import { kindOfFactory } from './factories.ts'
import { SAME_POSITIONS, type LayerFacts, type Shape, type StaticLayer } from './layerFacts.ts'

interface Graph {
  readonly layers: readonly StaticLayer[]
  readonly applications: readonly {
    readonly layer: number
    readonly inputs: readonly { application: number }[] | null
  }[]
}

/** What an application sees of its input, together with all others that see an input of the same size. */
export interface FieldOfApplication {
  readonly field: ReceptiveField
  readonly input: readonly number[]
  readonly group: ReceptiveFields
}

/**
 * Receptive fields of applications; null where the input has no positions, where they were rearranged, and where inputs of
 * different sizes meet.
 */
export function fieldsOfApplications(
  { layers, applications }: Graph,
  facts: readonly (LayerFacts | null)[],
  rule?: BorderRule,
): (FieldOfApplication | null)[] {
  /** The size of the input that each application sees. */
  const sizes: (readonly number[] | null)[] = []
  /** Applications by the size of that input. */
  const groups = new Map<string, { input: readonly number[]; nodes: SpatialNode[] }>()
  applications.forEach(({ layer, inputs }, n) => {
    const known = facts[n]
    const start = known && inputs ? startOf(known, inputs, applications) : null
    const input =
      start ?? (known && inputs ? sharedSize(inputs.map(({ application }) => sizes[application] ?? null)) : null)
    const view = known?.positions
    const unknown = !known || !input || (!start && (view === 'rearranged' || view === 'starts'))
    sizes.push(unknown ? null : input)
    if (unknown) return
    const positions =
      typeof view === 'object' ? view : { ...(SAME_POSITIONS as object), ...(view === 'all' ? { kernel: 'all' } : {}) }
    const group = groups.get(String(input)) ?? { input, nodes: [] }
    groups.set(String(input), group)
    group.nodes.push({
      ...(positions as Omit<SpatialNode, 'name' | 'kind' | 'inputs'>),
      name: String(n),
      kind: kindOfFactory(layers[layer]!.factory) ?? '',
      inputs: start ? [] : (inputs ?? []).map(({ application }) => String(application)),
    })
  })
  const found = new Map<string, FieldOfApplication>()
  for (const { input, nodes } of groups.values()) {
    const group = receptiveFields(nodes, input, rule)
    for (const field of group.layers) found.set(field.name, { field, input, group })
  }
  return applications.map((_, n) => found.get(String(n)) ?? null)
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
function positionsOf(shape: Shape): number[] {
  return shape.slice(1, -1).map((size) => size ?? Infinity)
}

/** The size that all inputs see; null where they differ. */
function sharedSize(sizes: readonly (readonly number[] | null)[]): readonly number[] | null {
  const [first = null] = sizes
  return first && sizes.every((size) => String(size) === String(first)) ? first : null
}
