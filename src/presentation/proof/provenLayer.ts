import type { Plan, Proof, ProvenGroup } from '../../protocol/proof.ts'
import type { LayerState, RunState } from '../../run/state.ts'
import { unitOf } from '../layer/advice.ts'
import { number } from '../numbers.ts'
import { examplesOf, metricValue, planInterval, provenWidth, shownPlan } from './proofWords.ts'

/** What a proof shows of one layer that its shown plan narrows. */
export interface ProvenLayer {
  width: number
  /** Name of the plan. */
  plan: Plan['tolerance']
  /** `104 of 320 units keep val_acc 98.6 % (−0.1)`. */
  words: string
}

/** What is proven of a layer; null without a proof, and where its shown plan does not narrow the layer. */
export function provenLayer({ proof }: Pick<RunState, 'proof'>, layer: LayerState): ProvenLayer | null {
  const plan = proof && shownPlan(proof)
  const words = proof && provenWidth(proof, layer, unitOf(layer))
  const width = plan?.widths[layer.id]
  return plan && words !== null && width !== undefined ? { width, plan: plan.tolerance, words } : null
}

/**
 * What a proof rests on where it narrows a layer, and why it does not where it keeps the layer as it is, in sentences.
 * @param layers all layers of the run, which have the names for the proof's ids
 */
export function proofExplained(
  { proof, layers }: Pick<RunState, 'proof' | 'layers'>,
  layer: LayerState,
  proven: ProvenLayer | null,
): string[] {
  const group = proof?.groups.find((each) => each.layers.includes(layer.id))
  if (!proof || !group) return []
  const plan = shownPlan(proof)
  if (proven && plan) return narrowed(proof, plan, proven, group, layers)
  if (group.kept !== null) return [`The proof keeps its width: ${group.kept}.`]
  return plan || proof.phase !== 'running' ? [unchanged(proof, plan, group, layer)] : []
}

function narrowed(
  proof: Proof,
  plan: Plan,
  { words }: ProvenLayer,
  { layers: ids }: ProvenGroup,
  layers: readonly LayerState[],
): string[] {
  const names = layers.filter(({ id }) => ids.includes(id)).map(({ name }) => name)
  const together =
    Object.keys(plan.widths).length > ids.length ? ', with all other layers that the plan narrows at once' : ''
  return [
    `${words}: measured in the ${plan.tolerance} plan${together}, without further training, on ${examplesOf(proof, proof.examples.reporting)}. ` +
      `The difference is ${planInterval(proof, plan)}${proof.isShare ? ' points' : ''} with 95 % confidence.`,
    ...(names.length > 1 ? [`One width for ${names.join(', ')}.`] : []),
  ]
}

/** Why a layer that could be narrowed is not. */
function unchanged(proof: Proof, plan: Plan | null, { curve, width }: ProvenGroup, layer: LayerState): string {
  const unit = unitOf(layer)
  const who = plan
    ? `The ${plan.tolerance} plan of the proof keeps its ${number(width)} ${unit}`
    : `The proof found no narrower network, and keeps its ${number(width)} ${unit}`
  const [narrower] = curve.filter((point) => point.width < width).sort((a, b) => b.width - a.width)
  if (!narrower) return `${who}.`
  const now = curve.find((point) => point.width === width)
  const before = now ? ` instead of ${metricValue(proof, now.value)}` : ''
  return `${who}: with ${number(narrower.width)} alone, ${proof.metric} is ${metricValue(proof, narrower.value)}${before}.`
}
