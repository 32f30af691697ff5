import type { AxisGraph } from './axisGraph.ts'

/** What a layer's features are sums over. */
export interface FanIn {
  /**
   * Number of inputs of one feature: an upper bound of the rank of the layer's output before its activation, over any
   * number of observations. Of an embedding the number of entries of its table.
   */
  count: number
  by: 'inputs' | 'vocabulary'
  /** The axis of a weight that takes the inputs one by one; null where several positions or channels meet in it. */
  from: { weight: number; axis: number } | null
}

/** Who sets the number of a layer's inputs. */
export type Feed = { by: 'inputs' | 'classes'; layer: null } | { by: 'layer'; layer: string }

const INPUTS: Feed = { by: 'inputs', layer: null }

/**
 * Finds who sets the number of inputs of a weight: a one-hot encoding within the step, or the layer whose features come
 * in, through any operations that keep their number (activations, normalisation, the sampling of a latent space).
 * @param from tensor id of the weight, and the axis that takes the inputs
 * @param groupOf returns the layer that a layer's group is named after; null for a layer that does not choose its width.
 */
export function feedOf(
  { sets, weights, features, classes }: AxisGraph,
  from: { weight: number; axis: number } | null,
  groupOf: (layer: string) => string | null,
): Feed {
  const weight = from && weights.get(from.weight)
  if (!from || !weight) return INPUTS
  const set = sets.find(weight.first + from.axis)
  if (classes.some((axis) => sets.find(axis) === set)) return { by: 'classes', layer: null }
  for (const { layer, axis } of features) {
    const group = sets.find(axis) === set ? groupOf(layer) : null
    if (group !== null) return { by: 'layer', layer: group }
  }
  return INPUTS
}
