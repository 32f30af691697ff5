import type { AxisGraph } from './axisGraph.ts'
import { feedOf, type FanIn, type Feed } from './feeds.ts'
import { neededByCode, type CodeUse } from './sizes/neededByCode.ts'
import { uniteRelations } from './relations.ts'
import { sizesOf, type Size } from './sizes/sizes.ts'

/** What groups need to know about a layer beside the operations of a step. */
export interface LayerFacts extends CodeUse {
  /**
   * Whether the layer chooses its width. `ifWeights`: it does if a matrix or filter among its own weights makes its
   * features.
   */
  setsWidth: boolean | 'ifWeights'
  /** Whether the shapes of its weights are given, because they were read from a file or no step trains them. */
  givenWeights: boolean
  /** What the layer's features are sums over; null or missing where no single weight makes them. */
  fanIn?: FanIn | null
}

/** A layer's width, as the operations of the traced steps tie it. */
export interface LayerWidth extends Size {
  /** Id of the first layer of the group that has one width; null for a layer that does not choose its width. */
  group: string | null
  /** Whether the loss judges the layer's features. Null where they neither reach the loss nor another layer. */
  isOutput: boolean | null
  /** Whether the loss takes the layer's features, or what is made of them without a trained contraction. */
  reachesLoss: boolean
  /** Who sets the number of the layer's inputs. */
  fedBy: Feed
}

/**
 * Finds which layers have one width, and which widths are free.
 * @returns by layer id, all layers that a traced step has called.
 */
export function widthGroups(graph: AxisGraph, facts: (layer: string) => LayerFacts): Map<string, LayerWidth> {
  const { sets, features } = graph
  const relations = uniteRelations(sets, graph.relations, (axis) => graph.sizeOf(axis))
  const made = setsByLayer(graph)
  const setsWidth = ({ layer, axis }: { layer: string; axis: number }) => {
    const declared = facts(layer).setsWidth
    return declared === 'ifWeights' ? (made.get(layer)?.has(sets.find(axis)) ?? false) : declared
  }
  const setters = new Set(features.filter(setsWidth))
  const given = [...graph.weights.values()].flatMap(({ first, shape, layers }) => {
    const isGiven = [...layers].every((layer) => facts(layer).givenWeights)
    return isGiven ? shape.map((_, axis) => [first + axis, 'weights'] as const) : []
  })
  const unknown = neededByCode(graph, facts, setters)
  const sizeOf = sizesOf(graph, relations, [...setters], { given, unknown })
  const names = new Map<number, string>()
  for (const { layer, axis } of setters) if (!names.has(sets.find(axis))) names.set(sets.find(axis), layer)
  const everTrained = new Set(features.flatMap(({ layer, trained }) => (trained ? [layer] : [])))
  const widths = new Map<string, LayerWidth>()
  for (const feature of features) {
    const { layer, axis, trained, open, contracted } = feature
    const before = widths.get(layer)
    const size = sizeOf(axis)
    // A constant may be the code's own choice, as noise of the width of a latent space is.
    const isJudged = open && (!contracted || size.given === 'data' || size.given === 'weights')
    const isSeen = (trained || !everTrained.has(layer)) && (open || contracted)
    widths.set(layer, {
      group: before?.group ?? (setters.has(feature) ? (names.get(sets.find(axis)) ?? null) : null),
      given: before?.given ?? size.given,
      unknown: before?.unknown ?? size.unknown,
      multiple: before?.multiple ?? size.multiple,
      offset: before?.offset ?? size.offset,
      isOutput: isSeen ? (before?.isOutput ?? false) || isJudged : (before?.isOutput ?? null),
      reachesLoss: open || (before?.reachesLoss ?? false),
      fedBy: { by: 'inputs', layer: null },
    })
  }
  const groupOf = (layer: string) => widths.get(layer)?.group ?? null
  for (const [layer, width] of widths) width.fedBy = feedOf(graph, facts(layer).fanIn?.from ?? null, groupOf)
  return widths
}

/** By layer: the sets that hold an axis of its matrices and filters. */
function setsByLayer({ sets, weights }: AxisGraph): Map<string, Set<number>> {
  const byLayer = new Map<string, Set<number>>()
  for (const { layers, first, shape } of weights.values()) {
    if (shape.length < 2) continue
    for (const layer of layers) {
      const known = byLayer.get(layer) ?? new Set<number>()
      shape.forEach((_, axis) => known.add(sets.find(first + axis)))
      byLayer.set(layer, known)
    }
  }
  return byLayer
}
