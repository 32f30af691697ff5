import type { LayerState } from '../run/state.ts'

/** What caps the rank of a layer's output, as the `model` event has it. */
export type Limit = NonNullable<LayerState['limit']>

/**
 * Share of the limit that k has to reach for the limit to explain a low saturation; below it the layer leaves most of what
 * its inputs give it unused. Measured on linear convolutions, which are the closest to their limit: on smooth images k is
 * 5–6 of 9 for a kernel of 3 × 3, and 9–11 of 25 for one of 5 × 5, because neighbouring pixels resemble each other.
 */
const EXPLAINING_SHARE = 1 / 3

/**
 * The largest rank that a layer's covariance can have before its activation. A weight of n inputs maps them linearly, so
 * its output has at most n independent directions. The entries of a table, and one-hot classes, are n points: about their
 * mean they span n − 1 directions.
 */
export function maxRank({ count, by }: Limit): number {
  return by === 'vocabulary' || by === 'classes' ? Math.max(0, count - 1) : count
}

/**
 * Whether what feeds a layer explains that few of its dimensions are in use. Behind a non-linear activation k may exceed
 * the limit: curved, the features fill some more dimensions, but those follow from the same few inputs.
 * @param k of the layer, or its lower bound
 * @param width of what was measured
 */
export function isLimited({ limit, width: own }: LayerState, k: number, width: number): boolean {
  // Flattened positions are other features than the weight's.
  if (!limit || own !== width) return false
  const rank = maxRank(limit)
  return rank < width && k >= EXPLAINING_SHARE * rank
}
