import { UnionFind } from '../../src/model/axes/unionFind.ts'
import type { Layer } from '../../src/protocol/layer.ts'
import type { Override } from '../../src/protocol/overrides.ts'

/** A name that TensorFlow.js has made up. It counts on from one run to the next within a process. */
const MADE_UP = /_\w*\d+$/

type Settable = Layer & { width: number }
type Groups = Map<string, Settable[]>

/**
 * Changes of widths that the groups allow, whether the spectrum asks for them or not: each group whose width is free is
 * made smaller on its own, as advice says, and all of them are made smaller and larger at once. A group's layers change
 * together. Models that share nothing change in the same run, as what happens to one of them is nothing to the others.
 * @param layers of a program's run
 * @returns lists of overrides, one for each run.
 */
export function variantsOf(layers: readonly Layer[]): Override[][] {
  const groups = [...freeGroups(layers).values()]
  const byModel = groupedBy(groups, modelsOf(layers))
  const alone: Override[][] = []
  for (const ofModel of byModel.values()) {
    const changes = ofModel.map((group) => overridesFor(group, otherWidths(group[0]!)[0]!))
    changes.forEach((change, i) => (alone[i] ??= []).push(...change))
  }
  const together = [0, -1].map((i) => groups.flatMap((group) => overridesFor(group, otherWidths(group[0]!).at(i)!)))
  // Where each model has one group, all of them are smaller already.
  return [...alone, ...together.slice(groups.length > byModel.size ? 0 : 1)].filter((changes) => changes.length > 0)
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> {
  const grouped = new Map<number, T[]>()
  for (const item of items) grouped.set(keyOf(item), [...(grouped.get(keyOf(item)) ?? []), item])
  return grouped
}

/** Returns a function from a group to a number that all groups of connected layers have. */
function modelsOf(layers: readonly Layer[]): (group: readonly Layer[]) => number {
  const sets = new UnionFind()
  const elements = new Map(layers.map(({ id }) => [id, sets.add()]))
  for (const { id, inbound, group } of layers)
    for (const other of [...inbound, ...(group ? [group.id] : [])]) sets.union(elements.get(id)!, elements.get(other)!)
  return ([first]) => sets.find(elements.get(first!.id)!)
}

/** The layers whose width is free and can be set, by group. */
export function freeGroups(layers: readonly Layer[]): Groups {
  const groups: Groups = new Map()
  const fixed = new Set<string>()
  for (const layer of layers) {
    const { id, group, widthProperty, width, isOutput } = layer
    const key = group?.id ?? id
    const isFree = group ? group.given === null && group.unknown === null : widthProperty !== null && !isOutput
    // No width is advised for outputs, nor for layers that have to have the width of one. Wrappers have no width of
    // their own that an override could set.
    if (!isFree || isOutput || ((layer.kind === 'Bidirectional' || layer.kind === 'TimeDistributed') && group))
      fixed.add(key)
    // Custom layers that take their width from an inner layer are set there.
    if (widthProperty === null || width === null) continue
    groups.set(key, [...(groups.get(key) ?? []), layer as Settable])
  }
  for (const key of fixed) groups.delete(key)
  return groups
}

/** The next smaller width that is admissible, if there is one, and the next larger. */
function otherWidths({ width, group }: Settable): number[] {
  const { multiple = 1, offset = 0 } = group ?? {}
  return [width - multiple, width + multiple].filter((other) => other > offset)
}

function overridesFor(layers: readonly Settable[], value: number): Override[] {
  const named = layers.map(({ name, site }) =>
    MADE_UP.test(name) && site ? `${site.file}:${site.line}:${site.column}` : name,
  )
  return [...new Set(named)].map((layer) => ({ layer, property: 'width', value }))
}
