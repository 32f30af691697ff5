import { layerKind } from '../../model/layerKinds.ts'
import { layerFields } from '../../model/receptiveField/layerFields.ts'
import type { ResolutionRange } from '../../model/receptiveField/receptiveFields.ts'
import type { RunState } from '../../run/state.ts'
import { profileOf } from './profile.ts'
import { LOW_SHARE } from '../contribution/tail.ts'
import { losesAgainst, tolerated } from '../noise.ts'
import type { Sweep, SweptNetwork } from './sweep.ts'

/** Sizes that are tried between the two ends of a range. */
const SIZES = 5
/** By how much an input is enlarged at most, where nobody asks for more: four times the positions cost four times as much. */
const MAX_ENLARGEMENT = 2
/** By how much it is reduced at least. */
const MIN_REDUCTION = 2
/** Sizes are multiples of 4 from here on, and even below. */
const COARSE_FROM = 32

/** What the receptive fields of a model say of its input. */
export interface InputFields {
  /** Height and width of the input that the script gives the model. */
  readonly input: readonly [height: number, width: number]
  /** Sizes that suit the model; null without limited receptive fields. */
  readonly range: ResolutionRange | null
  /** The layers that might be left out instead, by id, and why. */
  readonly tail: { readonly layers: readonly string[]; readonly why: 'field' | 'saturation' } | null
}

/** What a run says of its input; null where its layers do not see images of one size. */
export function inputFields(run: RunState): InputFields | null {
  const { model } = layerFields(run.layers)
  const [height, width] = model?.input ?? []
  if (!model || model.input.length !== 2 || !Number.isFinite(height) || !Number.isFinite(width)) return null
  return { input: [height!, width!], range: model.resolution, tail: tailOf(run, model.layers) }
}

/** Convolutions that are predicted to add nothing; where there are none, the last layers of low saturation. */
function tailOf(run: RunState, fields: readonly { name: string; kind: string; unproductive: boolean }[]) {
  const unproductive = fields.filter((field) => field.unproductive && layerKind(field.kind).convolution)
  if (unproductive.length > 0) return { layers: unproductive.map(({ name }) => name), why: 'field' as const }
  const { layers } = profileOf(run)
  const highest = Math.max(...layers.map(({ saturation }) => saturation))
  const border = layers.findLastIndex(({ saturation }) => saturation >= LOW_SHARE * highest)
  const low = layers.slice(border + 1).flatMap(({ name }) => run.layers.find((layer) => layer.name === name)?.id ?? [])
  return low.length === 0 ? null : { layers: low, why: 'saturation' as const }
}

/**
 * Heights to measure: in equal ratios over the range that suits the model, from half of the script's own height or
 * less to twice of it at most.
 */
export function heightsToTry({ input: [own], range }: Pick<InputFields, 'input' | 'range'>): number[] {
  const low = Math.max(1, Math.min(range?.min[0] ?? own, own / MIN_REDUCTION))
  const high = Math.max(own, Math.min(range?.max[0] ?? own * MAX_ENLARGEMENT, own * MAX_ENLARGEMENT))
  const heights = Array.from({ length: SIZES }, (_, i) => rounded(low * (high / low) ** (i / (SIZES - 1))))
  return [...new Set(heights)].filter((height) => height !== own)
}

function rounded(size: number): number {
  const multiple = size < COARSE_FROM ? 2 : 4
  return Math.max(1, multiple * Math.round(size / multiple))
}

/** The resolution that is recommended, and the best that was measured. */
export interface RecommendedResolution {
  readonly network: SweptNetwork
  readonly best: SweptNetwork
  /** By how much the metric may be worse than the best. */
  readonly tolerance: number
}

/**
 * The cheapest resolution whose metric is as good as the best, within what chance does. Cost is in FLOPs, or in time where
 * these are not known.
 * @param isResolution whether a network differs by its resolution alone
 * @returns null where nothing was measured
 */
export function recommendedResolution(
  { metric, networks }: Sweep,
  isResolution: (network: SweptNetwork) => boolean,
): RecommendedResolution | null {
  const measured = networks.filter((network) => isResolution(network) && network.how === 'completed' && network.value)
  if (!metric || measured.length === 0) return null
  const best = measured.reduce((one, other) =>
    losesAgainst(metric, one.value!.mean, other.value!.mean) < 0 ? other : one,
  )
  const noise = Math.max(0, ...measured.map(({ difference }) => difference?.noise ?? 0), best.value!.deviation ?? 0)
  const tolerance = tolerated(metric, best.value!.mean, noise)
  const good = measured.filter(({ value }) => losesAgainst(metric, best.value!.mean, value!.mean) <= tolerance + 1e-9)
  const costOf = ({ flops, stepMs }: SweptNetwork): number => flops ?? stepMs?.mean ?? 0
  const network = good.reduce((one, other) => (costOf(other) < costOf(one) ? other : one))
  return { network, best, tolerance }
}
