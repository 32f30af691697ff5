import type { RightSizePlan, RightSizeRow } from '../../advice/plan/rightSizePlan.ts'
import type { Proof } from '../../protocol/proof.ts'
import { flops, flopsWords, number, pluralise } from '../numbers.ts'
import { bytesWords } from '../static/staticWords.ts'
import { metricValue, planInterval, planSaving, planValue } from './proofWords.ts'

/** One row of a plan: its layers, `320 → 104 · saves 12,096 parameters`, and what was measured of it alone. */
export function rowWords(
  proof: Proof,
  { layers, from, to, parametersAlone, valueAlone }: RightSizeRow,
  nameOf: (id: string) => string,
): { name: string; change: string; alone: string | null } {
  const saved = parametersAlone === null ? null : `saves ${pluralise(proof.parameters - parametersAlone, 'parameter')}`
  return {
    name: layers.map(nameOf).join(' + '),
    change: [`${number(from)} → ${number(to)}`, saved].filter((part) => part !== null).join(' · '),
    alone:
      valueAlone === null
        ? null
        : `alone, at this width or narrower: ${proof.metric} ${metricValue(proof, valueAlone)}`,
  }
}

/** What the chosen rows cost together: parameters, FLOPs, bytes of weights, and bytes while Adam trains them. */
export function costWords(proof: Proof, { before, after }: RightSizePlan): string {
  if (!after) return 'This proof does not tell what a part of the plan saves.'
  return [
    `${number(after.parameters)} of ${pluralise(before.parameters, 'parameter')} (${planSaving(proof, after)})`,
    ...(before.flops === null || after.flops === null ? [] : [`${flops(after.flops)} of ${flopsWords(before.flops)}`]),
    `weights ${bytesWords(after.weightBytes)} of ${bytesWords(before.weightBytes)}`,
    `with Adam’s state ${bytesWords(after.trainingBytes)} of ${bytesWords(before.trainingBytes)}`,
  ].join(' · ')
}

/** What the chosen rows do to the metric, as far as it is proven. */
export function effectWords(proof: Proof, { effect }: RightSizePlan): string {
  if (!effect) return 'No effect is predicted: only all rows together are proven.'
  return `${planValue(proof, { value: effect.after })}; the difference is ${planInterval(proof, effect)} with 95 % confidence`
}
