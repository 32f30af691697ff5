import { losesAgainst } from '../../comparison/noise.ts'
import type { Metric } from '../../run/metric.ts'

/** Epochs before which no training is given up: two values show how fast the metric moves. */
const MIN_EPOCHS = 2
/** Steps from one epoch to the next, the latest ones, the fastest of which is thought to go on. */
const RECENT_STEPS = 2

/**
 * Decides whether a training cannot reach a value of its metric any more. Learning curves flatten, so a training that
 * went on as fast as in the better of its last two epochs, from the best value it had, would do better than it will.
 * @param values the metric after each epoch so far; null where it is not finite
 * @param epochs how many there will be in all
 * @param needed the worst value that is good enough
 * @param noise by how much the metric moves from one epoch to the next by chance
 */
export function isHopeless(
  metric: Metric,
  values: readonly (number | null)[],
  { epochs, needed, noise }: { epochs: number; needed: number; noise: number },
): boolean {
  const left = epochs - values.length
  if (values.length < MIN_EPOCHS || left <= 0) return false
  // Where the loss is not a number, nor are the weights, and they stay so.
  if (values.at(-1) === null) return true
  const known = values.filter((value) => value !== null)
  const rises = known
    .slice(-RECENT_STEPS - 1)
    .map((value, i, last) => (i === 0 ? 0 : -losesAgainst(metric, last[i - 1]!, value)))
  const best = known.reduce((one, other) => (losesAgainst(metric, one, other) < 0 ? other : one))
  const reach = left * Math.max(0, ...rises) + noise
  return losesAgainst(metric, needed, best) > reach
}
