import type { AxisGraph } from '../../model/axes/axisGraph.ts'
import type { UnionFind } from '../../model/axes/unionFind.ts'
import { uniteRelations, type Relation } from '../../model/axes/relations.ts'

/** Indices of an axis beyond which its layout is not worked out. */
const MAX_INDICES = 1 << 21

/** Which units the indices of an axis belong to. */
export interface Layout {
  readonly size: number
  /** [size] Set of the group at each index, −1 for none; null where no index belongs to a group. */
  readonly groups: Int32Array | null
  /** [size] Unit of the group at each index. */
  readonly units: Int32Array | null
}

/** The layouts of a graph's sets of axes. */
export interface Layouts {
  /** Returns a set's layout; null where nothing shows it. */
  of(axis: number): Layout | null
  /** Sets of groups whose units are rearranged in a way that no layout shows, and by which function. */
  readonly rearranged: ReadonlyMap<number, string>
}

const without = (size: number): Layout => ({ size, groups: null, units: null })

/**
 * Works out which units of which group each index of each axis belongs to: a concatenation has those of its parts one
 * after the other, a flattened map those of its channels at each position, and a recurrent kernel those of its gates.
 * @param chosen the feature axes of layers that choose their size: the units of a group in their order
 */
export function layoutsOf(graph: AxisGraph, chosen: readonly number[]): Layouts {
  const sets = unitSets(graph, chosen)
  const find = (axis: number) => sets.find(axis)
  const layouts = new Map<number, Layout | null>()
  const rearranged = new Map<number, string>()
  for (const axis of chosen) {
    const size = graph.sizeOf(axis)
    const units = Int32Array.from({ length: size }, (_, unit) => unit)
    layouts.set(find(axis), { size, groups: new Int32Array(size).fill(graph.sets.find(axis)), units })
  }
  const ofWeights = new Set<number>()
  for (const { first, shape } of graph.weights.values()) shape.forEach((_, axis) => ofWeights.add(find(first + axis)))
  let pending: Relation[] = uniteRelations(sets, graph.relations, (axis) => graph.sizeOf(axis)).map((relation) => ({
    ...relation,
    inputs: relation.inputs.map(find),
    outputs: relation.outputs.map(find),
  }))
  const note = (layout: Layout | null | undefined, operation: string) => {
    for (const group of layout?.groups ?? []) if (group >= 0) rearranged.set(group, operation)
  }
  const solve = (relation: Relation): boolean => {
    const sets = [...relation.inputs, ...relation.outputs]
    const open = new Set(sets.filter((set) => !layouts.has(set)))
    const [set] = open
    if (open.size > 1) return solveParts(relation, open)
    const known = sets.map((each) => layouts.get(each))
    if (set === undefined) {
      if (known.some((layout) => layout?.groups) && !holds(relation, layouts))
        known.forEach((layout) => note(layout, relation.operation))
      return true
    }
    const solution = solutionOf(relation, set, graph.sizeOf(set), layouts)
    if (!solution) known.forEach((layout) => note(layout, relation.operation))
    layouts.set(set, solution)
    return true
  }
  /** The parts of a whole that is known, each of which occurs once. */
  const solveParts = (relation: Relation, open: ReadonlySet<number>): boolean => {
    const { kind, inputs, outputs } = relation
    const [own, other] = outputs.some((set) => open.has(set)) ? [outputs, inputs] : [inputs, outputs]
    const occurs = own.filter((set) => open.has(set)).length
    if (kind !== 'sum' || occurs > open.size || other.some((set) => open.has(set))) return false
    const whole = composed(kind, other, layouts)
    if (!whole) return false
    let from = 0
    for (const set of own) {
      const start = from
      from += graph.sizeOf(set)
      if (open.has(set))
        layouts.set(
          set,
          cut(whole, (index) => start + index, graph.sizeOf(set)),
        )
    }
    return solve(relation)
  }
  while (pending.length > 0) {
    const count = pending.length
    pending = pending.filter((relation) => !solve(relation))
    if (pending.length < count) continue
    const targets = new Set(pending.flatMap(({ outputs }) => outputs))
    const open = pending.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]).filter((set) => !layouts.has(set))
    const sources = open.filter((set) => !targets.has(set) && !ofWeights.has(set))
    for (const set of sources.length > 0 ? sources : open.slice(0, 1)) layouts.set(set, without(graph.sizeOf(set)))
  }
  return {
    of: (axis) => {
      const known = layouts.get(find(axis))
      return known === undefined ? without(graph.sizeOf(axis)) : known
    },
    rearranged,
  }
}

/** The sets of axes that have the same units. Layers that have to choose one width have the same units of it. */
function unitSets(graph: AxisGraph, chosen: readonly number[]): UnionFind {
  const sets = graph.units.copy()
  const widths = new Map<number, number>()
  for (const axis of chosen) {
    const width = graph.sets.find(axis)
    const first = widths.get(width)
    if (first === undefined) widths.set(width, axis)
    else sets.union(axis, first)
  }
  return sets
}

type Known = ReadonlyMap<number, Layout | null>

/** The layout of the set that is open in a relation; null where the relation does not show it. */
function solutionOf(relation: Relation, set: number, size: number, layouts: Known): Layout | null {
  const { kind, inputs, outputs } = relation
  const isOutput = outputs.includes(set)
  const [own, other] = isOutput ? [outputs, inputs] : [inputs, outputs]
  const others = [...own, ...other].filter((each) => each !== set).map((each) => layouts.get(each) ?? null)
  if (others.every((layout) => layout && !layout.groups)) return without(size)
  if (other.includes(set) || kind === 'cut' || kind === 'linear') return null
  const whole = composed(kind, other, layouts)
  if (!whole) return null
  const candidate = kind === 'sum' ? sliceOf(whole, own, set, size, layouts) : factorOf(whole, own, set, size, layouts)
  if (!candidate) return null
  const solved = new Map(layouts).set(set, candidate)
  return same(composed(kind, own, solved), whole) ? candidate : null
}

/** Whether both sides of a relation have the same units. */
function holds({ kind, inputs, outputs }: Relation, layouts: Known): boolean {
  if (kind === 'cut' || kind === 'linear') return false
  return same(composed(kind, inputs, layouts), composed(kind, outputs, layouts))
}

/** The layout of axes one after the other, or of all their combinations. */
function composed(kind: 'sum' | 'product', sets: readonly number[], layouts: Known): Layout | null {
  const parts = sets.map((set) => layouts.get(set) ?? null)
  if (parts.some((part) => !part)) return null
  const known = parts as Layout[]
  const size = known.reduce(
    (total, part) => (kind === 'sum' ? total + part.size : total * part.size),
    kind === 'sum' ? 0 : 1,
  )
  if (known.every(({ groups }) => !groups)) return without(size)
  if (size > MAX_INDICES) return null
  const groups = new Int32Array(size).fill(-1)
  const units = new Int32Array(size)
  if (kind === 'sum') {
    let at = 0
    for (const part of known) {
      if (part.groups && part.units) {
        groups.set(part.groups, at)
        units.set(part.units, at)
      }
      at += part.size
    }
    return { size, groups, units }
  }
  let stride = size
  for (const part of known) {
    stride /= part.size
    if (!part.groups || !part.units) continue
    for (let index = 0; index < size; index++) {
      const own = Math.floor(index / stride) % part.size
      if (part.groups[own]! < 0) continue
      // An index of two groups at once is a product of their features.
      if (groups[index]! >= 0) return null
      groups[index] = part.groups[own]!
      units[index] = part.units[own]!
    }
  }
  return { size, groups, units }
}

/** The part of a sum that a set is. */
function sliceOf(whole: Layout, own: readonly number[], set: number, size: number, layouts: Known): Layout | null {
  let from = 0
  for (const each of own) {
    if (each === set) break
    const part = layouts.get(each)
    if (!part) return null
    from += part.size
  }
  return cut(whole, (index) => from + index, size)
}

/** The factor of a product that a set is, at the first index of the other factors. */
function factorOf(whole: Layout, own: readonly number[], set: number, size: number, layouts: Known): Layout | null {
  if (own.filter((each) => each === set).length > 1) return null
  let stride = 1
  for (const each of own.slice(own.indexOf(set) + 1)) {
    const part = layouts.get(each)
    if (!part) return null
    stride *= part.size
  }
  return cut(whole, (index) => index * stride, size)
}

function cut({ groups, units, size: whole }: Layout, at: (index: number) => number, size: number): Layout | null {
  if (!groups || !units || at(size - 1) >= whole) return null
  const [own, ownUnits] = [new Int32Array(size), new Int32Array(size)]
  for (let index = 0; index < size; index++) {
    own[index] = groups[at(index)]!
    ownUnits[index] = units[at(index)]!
  }
  return own.some((group) => group >= 0) ? { size, groups: own, units: ownUnits } : without(size)
}

function same(a: Layout | null, b: Layout | null): boolean {
  if (!a || !b || a.size !== b.size) return false
  if (!a.groups || !b.groups) return a.groups === b.groups
  for (let index = 0; index < a.size; index++)
    if (a.groups[index] !== b.groups[index] || (a.groups[index]! >= 0 && a.units![index] !== b.units![index]))
      return false
  return true
}
