import type { Comparison } from '../../comparison/compareRuns.ts'
import type { LayerState } from '../../run/state.ts'
import { unitOf } from '../layer/advice.ts'
import { number } from '../numbers.ts'
import { metricDifference, metricValue } from '../proof/proofWords.ts'
import { parametersBeside } from './comparisonWords.ts'

/**
 * What an applied change has done, for the line of a layer: `104 units, was 320 · val_acc 98.7 % (−0.1) · 38 % fewer
 * parameters`; null for a layer whose width is as it was.
 * @param comparison of the run before with the run after; the last network is the one after
 */
export function beforeAfter(comparison: Comparison, layer: Pick<LayerState, 'id' | 'widthProperty'>): string | null {
  const change = comparison.networks.at(-1)?.layers.find(({ id }) => id === layer.id)
  const [before, after] = [change?.before?.width ?? null, change?.after?.width ?? null]
  if (before === null || after === null || before === after) return null
  return [`${number(after)} ${unitOf(layer)}, was ${number(before)}`, ...outcome(comparison)].join(' · ')
}

/** What a change has done to the whole network: `val_acc 98.7 % (−0.1)`, `38 % fewer parameters`. */
export function outcome({ metric, networks }: Comparison): string[] {
  const [first, last] = [networks[0], networks.at(-1)]
  if (!first || !last || first === last) return []
  const { value, difference, parameters } = last
  const metricWords =
    metric && value && difference
      ? [`${metric.name} ${metricValue(metric, value.mean)} (${metricDifference(metric, difference.mean)})`]
      : []
  return [...metricWords, parametersBeside(first.parameters, parameters)]
}
