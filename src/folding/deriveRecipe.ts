import type { AxisGraph } from '../model/axes/axisGraph.ts'
import type { Contraction } from '../model/axes/contractions.ts'
import { OUTSIDE_TRAINING, SHAPE_READ } from '../model/axes/sizes/neededByCode.ts'
import { widthGroups, type LayerFacts, type LayerWidth } from '../model/axes/widthGroups.ts'
import { layoutsOf, type Layout } from './axes/layouts.ts'
import type { Consumer, GroupNormalisation, Recipe, RecipeAxis, RecipeGroup, RecipeWeight } from './recipe.ts'

/** A weight as its layer has it. */
export interface WeightPlace {
  /** Id of the layer. */
  readonly layer: string
  /** Index in the layer's `weights`. */
  readonly index: number
}

/**
 * Derives from the operations of the traced steps how each weight takes part in the widths of the network: which of its
 * entries make which units, and which take them.
 * @param graph the axes of the traced steps
 * @param facts as for `widthGroups`
 * @param placeOf by tensor id of a weight: the layer that has it; null for a variable of no layer.
 * @param flopsOf by tensor id of a weight: floating-point operations for an example that each of its entries takes part in
 */
export function deriveRecipe(
  graph: AxisGraph,
  facts: (layer: string) => LayerFacts,
  placeOf: (weight: number) => WeightPlace | null,
  flopsOf: (weight: number) => number,
): Recipe {
  const find = (axis: number) => graph.sets.find(axis)
  const widths = widthGroups(graph, facts)
  const members = new Map<number, { id: string; layers: Set<string>; width: LayerWidth }>()
  const chosen: number[] = []
  for (const { layer, axis } of graph.features) {
    const width = widths.get(layer)
    if (!width?.group) continue
    const group = members.get(find(axis)) ?? { id: width.group, layers: new Set<string>(), width }
    if (group.id === width.group) members.set(find(axis), group)
    chosen.push(axis)
    group.layers.add(layer)
  }
  const layouts = layoutsOf(graph, chosen)
  const consumers = consumersOf(
    graph,
    placeOf,
    (axis) => layouts.of(axis),
    (set) => members.get(set)?.id ?? null,
  )
  const kept = reasonsToKeep(graph, members, layouts.rearranged, consumers, placeOf, (axis) => layouts.of(axis))
  const groups = [...members].map(([set, { id, layers, width }]): RecipeGroup => ({
    id,
    layers: [...layers],
    width: graph.sizeOf(set),
    multiple: width.multiple,
    offset: width.offset,
    fixed: whyFixed(width),
    kept: kept.get(set) ?? null,
  }))
  const weights = [...graph.weights].flatMap(([tensor, { first, shape }]): RecipeWeight[] => {
    const place = placeOf(tensor)
    if (!place) return []
    const axes = shape.flatMap((_, axis): RecipeAxis[] => {
      const role = graph.contractions.some((each) => each.weight === tensor && each.axis === axis)
        ? 'consumes'
        : 'makes'
      return unitsByGroup(layouts.of(first + axis)).flatMap(([set, units]) => {
        const group = members.get(set)
        return group ? [{ axis, group: group.id, role, units } as const] : []
      })
    })
    return axes.length > 0 ? [{ ...place, shape, axes, flopsEach: flopsOf(tensor) }] : []
  })
  const normalisations = normalisationsOf(graph, placeOf, (set) => members.get(set)?.id ?? null)
  return { groups, weights, consumers, normalisations }
}

/** By set of a group: the unit of each index of an axis, −1 for none. */
function unitsByGroup(layout: Layout | null): [set: number, units: number[]][] {
  const { groups, units } = layout ?? {}
  if (!groups || !units) return []
  const sets = [...new Set(groups)].filter((set) => set >= 0)
  return sets.map((set) => [set, Array.from(groups, (group, index) => (group === set ? units[index]! : -1))])
}

function consumersOf(
  graph: AxisGraph,
  placeOf: (weight: number) => WeightPlace | null,
  layoutOf: (axis: number) => Layout | null,
  groupOf: (set: number) => string | null,
): Consumer[] {
  const found = new Map<string, Omit<Consumer, 'constant'>>()
  const constants = new Map<string, Map<number | null, Contraction['constant']>>()
  for (const contraction of graph.contractions) {
    const { weight, axis, part, constant } = contraction
    const place = placeOf(weight)
    const axes = graph.weights.get(weight)
    if (!place || !axes) continue
    for (const [set] of unitsByGroup(layoutOf(axes.first + axis))) {
      const group = groupOf(set)
      if (group === null) continue
      const id = consumerId(place, contraction, group)
      found.set(id, { id, group, ...place, axis, part })
      const own = constants.get(id) ?? new Map<number | null, Contraction['constant']>()
      constants.set(id, own.set(constant?.weight ?? null, constant))
    }
  }
  return [...found.values()].map((consumer): Consumer => {
    const [constant, ...others] = constants.get(consumer.id)!.values()
    const place = constant && others.length === 0 ? placeOf(constant.weight) : null
    return { ...consumer, constant: place && { ...place, sign: constant!.sign } }
  })
}

/** The normalisations of groups, each once. */
function normalisationsOf(
  graph: AxisGraph,
  placeOf: (weight: number) => WeightPlace | null,
  groupOf: (set: number) => string | null,
): GroupNormalisation[] {
  const found = new Map<string, GroupNormalisation>()
  for (const { axis, scale, offset } of graph.normalisations) {
    const group = groupOf(graph.sets.find(axis))
    const [scaledBy, shiftedBy] = [scale, offset].map((weight) => (weight === null ? null : placeOf(weight)))
    const place = scaledBy ?? shiftedBy
    if (group === null || !place) continue
    const id = `${place.layer} ${place.index} normalises ${group}`
    found.set(id, { id, group, scale: scaledBy ?? null, offset: shiftedBy ?? null })
  }
  return [...found.values()]
}

/** The key of a consumer: the layer's weight, its contracted axis and part, and the group. */
function consumerId(
  { layer, index }: WeightPlace,
  { axis, part }: Pick<Contraction, 'axis' | 'part'>,
  group: string,
): string {
  return [layer, index, axis, part?.join('-') ?? 'all', group].join(' ')
}

/** Why it is not for us to choose a width. */
function whyFixed({ given, unknown, offset, isOutput }: LayerWidth): string | null {
  if (isOutput) return 'the loss judges its units'
  if (given !== null) return `its width is given by ${GIVERS[given]}`
  if (unknown === OUTSIDE_TRAINING) return 'its output is also computed outside of training'
  if (unknown === SHAPE_READ) return 'code reads the shape of its output'
  if (unknown !== null) return `its output goes to ${unknown}, which may need its width`
  return offset > 0 ? 'only some widths fit the shapes that are made of it' : null
}

/** Why groups cannot be folded, by set. */
function reasonsToKeep(
  graph: AxisGraph,
  members: ReadonlyMap<number, { id: string; layers: ReadonlySet<string>; width: LayerWidth }>,
  rearranged: ReadonlyMap<number, string>,
  consumers: readonly Consumer[],
  placeOf: (weight: number) => WeightPlace | null,
  layoutOf: (axis: number) => Layout | null,
): Map<number, string> {
  const kept = new Map<number, string>()
  const keep = (set: number, reason: string) => {
    if (members.has(set) && !kept.has(set)) kept.set(set, reason)
  }
  const keepAll = (axis: number, reason: string) => {
    for (const set of new Set(layoutOf(axis)?.groups ?? [])) keep(set, reason)
  }
  for (const [set, { id }] of members)
    if (!consumers.some(({ group }) => group === id)) keep(set, 'no weight takes its units')
  for (const [set, operation] of rearranged) keep(set, `${operation} rearranges its units`)
  for (const [axis, operation] of graph.mixed)
    keepAll(axis, `${operation} takes its units together, so fewer would change what it makes of each`)
  // Of a concatenation, each part has statistics over the others as well.
  for (const { axis } of graph.normalisations) {
    const layout = layoutOf(axis)
    const isWhole = layout?.groups?.every((set, i) => set === graph.sets.find(axis) && layout.units![i] === i)
    if (!isWhole) keepAll(axis, 'it is normalised together with others')
  }
  for (const { weight, axis } of graph.contractions)
    if (graph.making.has(`${weight} ${axis}`))
      keepAll(graph.weights.get(weight)!.first + axis, 'one weight makes and takes its units')
  for (const [weight, { first, shape }] of graph.weights) {
    if (!placeOf(weight))
      shape.forEach((_, axis) => keepAll(first + axis, 'a variable that is no layer’s weight has its width'))
    shape.forEach((_, axis) => {
      const width = graph.sets.find(first + axis)
      if (members.has(width) && !layoutOf(first + axis)?.groups)
        keep(width, 'nothing shows which units a weight of its size has')
    })
  }
  return kept
}

const GIVERS = { data: 'data', constant: 'a number in the code', weights: 'weights that are not trained' } as const
