import type { Verdict } from '../../advice/verdict.ts'
import type { Measurement } from '../../protocol/measurement.ts'
import type { LayerState } from '../../run/state.ts'
import { EFFECTIVE_PER_FEATURE, isDependent, isSufficient, OBSERVATIONS_PER_FEATURE } from '../../run/sufficiency.ts'
import { number, percent, pluralise } from '../numbers.ts'
import { effectiveIfFewer } from '../provisional.ts'
import { beyondLimit } from './limitedBy.ts'

/**
 * What a verdict rests on, in one or more sentences; of a layer that is not measured, the reason.
 * @param behind name of the activation layer behind which the layer is measured; null where its own output is
 * @param untrained `No training: weights of first.jsonl`; null where the run trains
 * @param measuredIn name of the earlier run that has measured the layer; null where this one has
 */
export function evidenceOf(
  layer: LayerState,
  { kind, measurement: m }: Verdict,
  behind: string | null = null,
  untrained: string | null = null,
  measuredIn: string | null = null,
): string {
  if (layer.notMeasured) return layer.notMeasured
  if (!m && untrained !== null) return `${untrained}.`
  if (!m) {
    return kind === 'not trained'
      ? 'Only evaluations have been measured: no training step so far.'
      : 'No training step has been measured yet.'
  }
  const rejected = `${pluralise(m.rejected, 'observation')} held NaN or infinity and ${m.rejected === 1 ? 'was' : 'were'} left out.`
  if (kind === 'non-finite') return rejected
  const sentences = [sentenceOf(kind, m)]
  const excess = beyondLimit(layer, m)
  if (excess !== null) sentences.push(excess)
  if (measuredIn !== null) sentences.push(`That was measured in ${measuredIn}, whose weights the layer has.`)
  if (kind === 'output') sentences.push("The output layer's width is set by the task.")
  if (behind !== null) sentences.push(`It is judged behind ${behind}.`)
  if (m.rejected > 0) sentences.push(rejected)
  return sentences.join(' ')
}

function sentenceOf(kind: Verdict['kind'], m: Measurement): string {
  if (kind === 'warming up') return 'There are fewer than two observations so far.'
  const observations = `${pluralise(m.observations, 'observation')}${stepsOf(m)}`
  const effective = m.effective ?? m.observations
  if (isDependent(m))
    return `${observations} count as about ${number(effective)} independent ones, because they repeat or depend on each other; ${EFFECTIVE_PER_FEATURE} for each of ${pluralise(m.width, 'dimension')} are needed to judge.`
  if (kind === 'provisional')
    return `Only ${observations}; ${OBSERVATIONS_PER_FEATURE} for each of ${pluralise(m.width, 'dimension')} are needed to judge.`
  if (kind === 'dead') return `The output did not vary over ${observations}.`
  const fewer = effectiveIfFewer(m.observations, m.effective)
  const worth = fewer === null ? '' : `, which count as ${fewer} independent ones`
  const held = `${number(m.k)} of ${number(m.width)} dimensions hold ${percent(m.delta)} of the variance, over ${observations}${worth}.`
  if (!m.bounds) return held
  if (!isSufficient(m)) return `About ${held} The number is estimated from a sketch of the covariance.`
  const { low, high } = m.bounds
  return `About ${held} The number is estimated from a sketch of the covariance and lies between ${low} and ${high}.`
}

/** The training steps of a measurement's window, to follow a count: ` in steps 1–200 (2 epochs)`; empty in old logs. */
function stepsOf({ steps }: Measurement): string {
  if (!steps) return ''
  const { first, last, epochs } = steps
  const where = first === last ? `step ${number(last)}` : `steps ${number(first)}–${number(last)}`
  return ` in ${where}${epochs > 1 ? ` (${number(epochs)} epochs)` : ''}`
}
