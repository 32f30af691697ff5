import { maxRank } from '../../advice/limits.ts'
import type { Verdict } from '../../advice/verdict.ts'
import type { Measurement } from '../../protocol/measurement.ts'
import type { LayerState } from '../../run/state.ts'
import { number, pluralise } from '../numbers.ts'
import { unitOf } from './advice.ts'

/**
 * What limits a layer whose verdict is that something does: `9 inputs`, `10 classes`, `vocabulary of 10`, `the 2 units of
 * latent`. Null for other layers.
 * @param layers all layers of the run
 */
export function limitedBy(layer: LayerState, { kind }: Verdict, layers: readonly LayerState[]): string | null {
  const { limit } = layer
  if (kind !== 'limited' || !limit) return null
  const { by, count } = limit
  const source = layers.find(({ id }) => id === limit.layer)
  if (by === 'vocabulary')
    return `${source ? 'the ' : ''}vocabulary of ${number(count)}${source ? ` of ${source.name}` : ''}`
  if (source) return `the ${pluralise(count, unitOf(source).replace(/s$/, ''))} of ${source.name}`
  return by === 'classes' ? pluralise(count, 'class', 'classes') : pluralise(count, 'input')
}

/** What limits a layer, as part of a sentence about it: `its 9 inputs`, `the 2 units of latent`. */
export function withArticle(limit: string): string {
  return limit.startsWith('the ') ? limit : `its ${limit}`
}

/** What follows for a layer that something limits, in a sentence. */
export function limitExplained({ limit, activation, measuredBehind }: LayerState, by: string): string {
  const isNonLinear = (activation !== null && activation !== 'linear') || measuredBehind !== undefined
  // Points are as few behind an activation as before it.
  const before = isNonLinear && limit?.by !== 'vocabulary' ? ' before its activation' : ''
  const directions = limit ? pluralise(maxRank(limit), 'independent direction') : ''
  return `With ${withArticle(by)}, its output has at most ${directions}${before}: that so few dimensions are in use does not mean that the layer is too wide.`
}

/**
 * What is to be said of a k above what the inputs or the vocabulary allow at one time: the weights have moved within the
 * window. Null where it is not above, and where an activation may add directions.
 */
export function beyondLimit({ limit, activation, measuredBehind }: LayerState, { k }: Measurement): string | null {
  const isLinear = (activation === null || activation === 'linear') && measuredBehind === undefined
  if (!limit || k <= maxRank(limit) || (!isLinear && limit.by !== 'vocabulary')) return null
  const most = pluralise(maxRank(limit), 'independent direction')
  return `At any one time its ${limit.by === 'vocabulary' ? 'vocabulary allows' : 'inputs allow'} ${most}: k is larger because the weights moved within the window.`
}
