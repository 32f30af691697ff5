import type { Plan, Proof } from '../../protocol/proof.ts'
import { duration, number, percent, pluralise } from '../numbers.ts'

/** A value of the metric as a person reads it: `98.6 %` of a share, else four significant digits. */
export function metricValue({ isShare }: Pick<Proof, 'isShare'>, value: number | null): string {
  if (value === null) return '–'
  return isShare ? `${(100 * value).toFixed(1)} %` : String(Number(value.toPrecision(4)))
}

/** A difference of the metric: `−0.1`, in points where it is a share. */
export function metricDifference({ isShare }: Pick<Proof, 'isShare'>, difference: number | null): string {
  if (difference === null) return '–'
  const shown = isShare ? (100 * difference).toFixed(1) : String(Number(difference.toPrecision(2)))
  const zero = Number(shown) === 0
  return zero ? '±0' : shown.startsWith('-') ? `−${shown.slice(1)}` : `+${shown}`
}

/** `val_acc 98.6 % (−0.1)`: what a plan keeps of the metric. */
export function planValue(proof: Proof, { value }: Pick<Plan, 'value'>): string {
  const difference = value === null || proof.value === null ? null : value - proof.value
  return `${proof.metric} ${metricValue(proof, value)} (${metricDifference(proof, difference)})`
}

/** The 95 % interval of a plan's difference: `−0.4 to +0.2`. */
export function planInterval(proof: Proof, { interval: [low, high] }: Pick<Plan, 'interval'>): string {
  return `${metricDifference(proof, low)} to ${metricDifference(proof, high)}`
}

/** The share of parameters that a plan saves: `62 % fewer`. */
export function planSaving({ parameters }: Proof, plan: Pick<Plan, 'parameters'>): string {
  return `${percent(1 - plan.parameters / parameters)} fewer`
}

const SOURCES: Readonly<Record<Proof['source'], string>> = {
  validation: 'examples of the validation data',
  evaluate: 'examples that the script evaluates on',
  inputs: 'examples of the training itself, as the script gives no others',
}

/** `500 examples of the validation data`: that many of the examples that a proof rests on. */
export function examplesOf({ source }: Pick<Proof, 'source'>, count: number): string {
  return `${number(count)} ${SOURCES[source]}`
}

/** On what a proof rests, in sentences. */
export function proofBasis(proof: Proof): string[] {
  const { deciding, reporting } = proof.examples
  const sentences = [
    `Measured without further training on ${examplesOf(proof, deciding + reporting)}: ${number(deciding)} chose the widths, the other ${number(reporting)} gave these values.`,
  ]
  if (proof.metric === 'same class' || proof.metric === 'relative error')
    sentences.push('No metric is known, so outputs are compared with those of the present network.')
  if (proof.recalibrated.length > 0)
    sentences.push(
      `The moving statistics of ${proof.recalibrated.join(', ')} lag behind the training; all networks were evaluated with statistics of its batches in their place.`,
    )
  if (proof.phase === 'out of time') sentences.push('The time was up before all widths were tried.')
  if (proof.phase === 'cancelled') sentences.push('The proof was cancelled: this is what it had found by then.')
  if (proof.continued)
    sentences.push(`${pluralise(proof.continued, 'network')} had been tried by an earlier proof of these weights.`)
  return [...sentences, ...(proof.notes ?? [])]
}

/** `34 networks tried, 2 of 5 groups narrowed, 95 s left at most` of a proof that is running. */
export function proofProgress({ evaluations, continued = 0, progress }: Proof): string {
  const tried = `${pluralise(evaluations + continued, 'network')} tried`
  if (!progress) return tried
  const { stage, groups, of, secondsLeft } = progress
  const left = duration(1000 * secondsLeft)
  return stage === 'path'
    ? `${tried}, ${groups} of ${pluralise(of, 'group')} narrowed, ${left} left at most`
    : `${tried}, ${groups} of ${pluralise(of, 'group')} narrowed alone, about ${left} left`
}

/** The plan that is shown where one has to do: the balanced one, else what there is. */
export function shownPlan({ plans }: Proof): Plan | null {
  return plans.find(({ tolerance }) => tolerance === 'balanced') ?? plans[0] ?? null
}

/** `104 of 320 units keep val_acc 98.6 % (−0.1)`; null where the plan does not narrow the layer. */
export function provenWidth(proof: Proof, layer: { id: string; width: number | null }, unit: string): string | null {
  const plan = shownPlan(proof)
  const width = plan?.widths[layer.id]
  if (!plan || width === undefined || layer.width === null) return null
  return `${number(width)} of ${number(layer.width)} ${unit} keep ${planValue(proof, plan)}`
}
