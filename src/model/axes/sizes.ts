import type { AxisGraph, Composition } from './axisGraph.ts'
import type { Given } from './ties.ts'

/** What is known of the size of a set of axes. */
export interface Size {
  /** What gives the size; null where nothing does. */
  given: Given | null
  /** A function that may need the size; null where every function is understood. */
  unknown: string | null
}

/**
 * Axes composed in the same way of the same parts are the same axis; and an axis split again at the sizes that it was
 * composed of has the same parts.
 */
export function uniteCompositions(graph: AxisGraph): void {
  const { sets, compositions } = graph
  for (let changed = true; changed;) {
    changed = false
    const byWhole = new Map<string, Composition>()
    const byParts = new Map<string, Composition>()
    for (const composition of compositions) {
      const { kind, whole, parts } = composition
      const sizes = `${kind} ${sets.find(whole)} ${parts.map((part) => graph.sizeOf(part)).join()}`
      const roots = `${kind} ${parts.map((part) => sets.find(part)).join()}`
      const sameWhole = byWhole.get(sizes)
      if (sameWhole) parts.forEach((part, i) => (changed = sets.union(part, sameWhole.parts[i]!) || changed))
      else byWhole.set(sizes, composition)
      const sameParts = byParts.get(roots)
      if (sameParts) changed = sets.union(whole, sameParts.whole) || changed
      else byParts.set(roots, composition)
    }
  }
}

/**
 * Finds what is known of every axis' size.
 * @param chosen axes whose size a layer chooses.
 * @param given further axes whose size is given.
 * @returns a function from an axis to what is known of its size.
 */
export function sizesOf(
  graph: AxisGraph,
  chosen: readonly number[],
  given: readonly (readonly [axis: number, by: Given])[],
): (axis: number) => Size {
  const { sets } = graph
  const givenBy = new Map<number, Given>()
  const unknown = new Map<number, string>()
  let changed: boolean
  const add = <T>(map: Map<number, T>, axis: number, value: T | undefined): void => {
    const set = sets.find(axis)
    if (value === undefined || map.has(set) || graph.sizeOf(axis) < 2) return
    map.set(set, value)
    changed = true
  }
  // Data and labels are what a person can be told; a constant in the code may be all that shows of them.
  for (const reason of ['data', 'weights', 'constant'] as const)
    for (const [axis, by] of [...graph.given, ...given]) if (by === reason) add(givenBy, axis, by)
  for (const [axis, operation] of graph.unknown) add(unknown, axis, operation)
  const compositions = distinct(graph)
  const depends = dependent(graph, compositions, chosen)
  const chosenSets = new Set(chosen.map((axis) => sets.find(axis)))
  const ways = new Map<number, number>()
  for (const { whole } of compositions) ways.set(sets.find(whole), (ways.get(sets.find(whole)) ?? 0) + 1)
  for (const { whole, parts, operation } of compositions) {
    const set = sets.find(whole)
    // Composed in one way of parts that are free, a size follows from theirs. Otherwise an equation would have to hold.
    if (!depends.has(set) || (!chosenSets.has(set) && ways.get(set) === 1)) continue
    for (const axis of [whole, ...parts]) add(unknown, axis, operation)
  }
  for (const { from, to, operation } of graph.cuts) {
    if (!depends.has(sets.find(from)) && !depends.has(sets.find(to))) continue
    for (const axis of [from, to]) add(unknown, axis, operation)
  }
  do {
    changed = false
    for (const { whole, parts } of compositions) {
      const [by, operation] = [givenBy.get(sets.find(whole)), unknown.get(sets.find(whole))]
      for (const part of parts) {
        add(givenBy, part, by)
        add(unknown, part, operation)
      }
      const reasons = parts.filter((part) => graph.sizeOf(part) > 1).map((part) => givenBy.get(sets.find(part)))
      if (reasons.every((reason) => reason !== undefined)) add(givenBy, whole, reasons[0])
    }
    for (const { from, to } of graph.cuts) {
      add(givenBy, to, givenBy.get(sets.find(from)))
      add(unknown, to, unknown.get(sets.find(from)))
      add(unknown, from, unknown.get(sets.find(to)))
    }
  } while (changed)
  return (axis) => ({
    given: givenBy.get(sets.find(axis)) ?? null,
    unknown: unknown.get(sets.find(axis)) ?? null,
  })
}

/** One of each of the compositions that are the same. */
function distinct({ sets, compositions }: AxisGraph): Composition[] {
  const byParts = new Map<string, Composition>()
  for (const composition of compositions) {
    const key = [composition.kind, composition.whole, ...composition.parts]
      .map((axis) => (typeof axis === 'number' ? sets.find(axis) : axis))
      .join()
    if (!byParts.has(key)) byParts.set(key, composition)
  }
  return [...byParts.values()]
}

/** The sets whose size a layer chooses, and those composed of them. */
function dependent({ sets }: AxisGraph, compositions: readonly Composition[], chosen: readonly number[]): Set<number> {
  const depends = new Set(chosen.map((axis) => sets.find(axis)))
  for (let before = -1; before !== depends.size;) {
    before = depends.size
    for (const { whole, parts } of compositions)
      if (parts.some((part) => depends.has(sets.find(part)))) depends.add(sets.find(whole))
  }
  return depends
}
