import type { InputFields, RecommendedResolution } from '../../comparison/sweep/resolution.ts'
import type { Sweep, SweptNetwork } from '../../comparison/sweep/sweep.ts'
import { describeOverrides } from '../overrides.ts'
import { metricDifference, metricValue } from '../proof/proofWords.ts'
import { parametersBeside } from '../comparison/comparisonWords.ts'
import { percent } from '../numbers.ts'

/** `32×32` */
export function sizeWords([height, width = height]: readonly number[]): string {
  return `${height}×${width}`
}

/** What receptive fields say of the input, in sentences. */
export function rangeWords({ input, range }: InputFields): string[] {
  const own = `The script’s input is ${sizeWords(input)}.`
  if (!range) return [own]
  if (sizeWords(range.min) === sizeWords(range.max))
    return [
      own,
      `By receptive fields, inputs of about ${sizeWords(range.min)} suit the model: below, its last layers find nothing new; above, no layer sees the whole input.`,
    ]
  const suits =
    range.min[0]! <= range.max[0]!
      ? `By receptive fields, inputs from ${sizeWords(range.min)} to ${sizeWords(range.max)} suit the model: below, its last layers find nothing new; above, no layer sees the whole input.`
      : `By receptive fields no size suits all of its layers: they have seen the whole input only from ${sizeWords(range.min)} down, and none sees more than ${sizeWords(range.max)}.`
  return [own, suits]
}

/** The recommended resolution with its reason, in sentences. @param input the script's own */
export function recommendedWords(
  { metric, networks }: Sweep,
  recommended: RecommendedResolution | null,
  sizeOf: (network: SweptNetwork) => readonly number[],
): string[] {
  const [own] = networks
  if (!metric || !recommended || !own)
    return ['No resolution is recommended: no training reports a metric by which they could be compared.']
  const { network, best, tolerance } = recommended
  const value = `${metric.name} ${metricValue(metric, network.value!.mean)}`
  const isBest = network === best
  const reason = isBest
    ? `${value} is the best that was measured`
    : `${value} is within ${metricDifference(metric, tolerance).replace(/^[+−±]/, '')} of the best (${sizeWords(sizeOf(best))}: ${metricValue(metric, best.value!.mean)}), and it costs the least`
  const keep = network === own ? ', as the script has it' : ''
  return [
    `Recommended: an input of ${sizeWords(sizeOf(network))}${keep}. ${reason}${costWords(own, network)}.`,
    ...(network === own ? [] : [profileWords(own, network)]),
  ]
}

function costWords(own: SweptNetwork, network: SweptNetwork): string {
  if (network === own || own.flops === null || network.flops === null || own.flops === network.flops) return ''
  const less = network.flops < own.flops
  return `, with ${percent(Math.abs(1 - network.flops / own.flops))} ${less ? 'fewer' : 'more'} FLOPs than now`
}

function profileWords(own: SweptNetwork, network: SweptNetwork): string {
  const share = (value: number | null): string => (value === null ? 'unknown' : percent(value))
  const { mean, evenness } = network.profile
  return `Mean saturation is ${share(mean)} there and ${share(own.profile.mean)} now; evenness ${share(evenness)} there and ${share(own.profile.evenness)} now.`
}

/** What would change if the layers that add little were removed instead, in sentences. @param without the trained network */
export function tailInsteadWords(
  { metric, networks }: Sweep,
  tail: InputFields['tail'],
  names: readonly string[],
  without: SweptNetwork | null,
): string[] {
  const [own] = networks
  if (!tail || !own) return ['No layers were found that could be removed instead: all of them take part.']
  const isOne = names.length === 1
  const why =
    tail.why === 'field'
      ? `what ${isOne ? 'it takes' : 'they take'} has seen the whole input already`
      : `${isOne ? 'its' : 'their'} saturation is below a quarter of the largest`
  const begin = `Instead, ${names.join(', ')} could be removed at the present input, since ${why}`
  if (!without) return [`${begin}. That was not trained.`]
  if (without.how !== 'completed') return [`${begin}. The training without them did not succeed.`]
  const value = metric && without.value ? `${metric.name} ${metricValue(metric, without.value.mean)}` : null
  const difference =
    metric && without.difference ? ` (${metricDifference(metric, without.difference.mean)} to the script as it is)` : ''
  return [
    `${begin}: ${value === null ? '' : `${value}${difference}, `}${parametersBeside(own.parameters, without.parameters)}${costWords(own, without)}. To try: ${describeOverrides(without.overrides) ?? ''}.`,
  ]
}
