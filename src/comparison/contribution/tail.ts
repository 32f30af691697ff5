import { pairedDifference } from '../../folding/pairedDifference.ts'
import { layerKind } from '../../model/layerKinds.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { Probed, ProbedLayer } from '../../protocol/trials/probe.ts'
import { saturationOf, type LayerState, type RunState } from '../../run/state.ts'

/** Gain of a probe below which a layer adds little, as a share or in R²: one point. */
export const MIN_GAIN = 0.01
/** Share of the largest saturation below which a layer's is low (the proposal of `docs/probes.md`). */
export const LOW_SHARE = 0.5

/** A probed layer with its saturation. */
export interface Contribution extends ProbedLayer {
  /** In [0, 1]; null where it is not known. */
  readonly saturation: number | null
}

/** The probes of a network beside the saturation of its layers. */
export interface ProbedNetwork extends Omit<Probed, 'layers' | 'running'> {
  /** In the order of the forward pass. */
  readonly layers: Contribution[]
}

/**
 * What saturation and probes say of a network's last layers together. `tail`: the layers from `from` on add nothing to
 * the probes, and their saturation is low. `plateau`: they add nothing to the probes, but their saturation is not low.
 * `rising`: probes rise up to the last layer. `unknown`: probes are missing, or have not converged.
 */
export interface TailFinding {
  readonly kind: 'tail' | 'plateau' | 'rising' | 'unknown'
  /** The layer behind which no probe is better. */
  readonly border: Contribution
  /** The layers that add nothing, for a tail only those of low saturation; empty when rising. */
  readonly layers: readonly Contribution[]
  /** The largest saturation of the probed layers; null where none is known. */
  readonly highest: number | null
}

/** The probes of a run with the saturation of its layers; null where nothing was probed. */
export function probedNetwork({ probe, layers }: Pick<RunState, 'probe' | 'layers'>): ProbedNetwork | null {
  if (!probe) return null
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  const { running: _, ...rest } = probe
  return {
    ...rest,
    layers: probe.layers.map((probed) => ({ ...probed, saturation: saturationIn(byId.get(probed.layer)) })),
  }
}

/**
 * Finds the tail: the longest run of last layers behind which no probe is better than before them, by more than a point
 * and more than noise, and whose saturation is below half of the largest.
 * @returns null where fewer than two layers were probed, or not all yet.
 */
export function findTail(network: ProbedNetwork): TailFinding | null {
  const { layers: all, late, done, chunkSizes } = network
  if (!done || all.length < 2 || chunkSizes.length === 0) return null
  // A log from anywhere may hold less than it says.
  if (all.some(({ chunks }) => chunks.length !== chunkSizes.length)) return null
  const border = all.findIndex((one, i) => !all.slice(i + 1).some((other) => rises(network, one, other)))
  const behind = all.slice(border + 1)
  const known = all.flatMap(({ saturation }) => saturation ?? [])
  const highest = known.length > 0 ? Math.max(...known) : null
  const isLow = ({ saturation }: Contribution): boolean =>
    saturation !== null && highest !== null && saturation < LOW_SHARE * highest
  const high = behind.findLastIndex((one) => !isLow(one))
  const low = behind.slice(high + 1)
  const found = { border: all[border]!, highest }
  // A probe that was cut off is worse than its layer.
  const cutOff = all.filter(({ converged }) => !converged)
  if (cutOff.length > 0 || late.length > 0) return { ...found, kind: 'unknown', layers: cutOff }
  if (behind.length === 0) return { ...found, kind: 'rising', layers: [] }
  return low.length === 0 ? { ...found, kind: 'plateau', layers: behind } : { ...found, kind: 'tail', layers: low }
}

/** Whether a layer's probe is better than an earlier one's, on the same examples: by a point, and by more than noise. */
function rises({ chunkSizes }: ProbedNetwork, earlier: ProbedLayer, later: ProbedLayer): boolean {
  const [first, second] = [earlier, later].map(({ chunks }) => chunks.map((value) => value ?? NaN))
  const { mean, low } = pairedDifference(first!, second!, chunkSizes)
  return mean >= MIN_GAIN && low > 0
}

/**
 * The overrides that leave the layers of a tail out, with the activations, normalisations and dropouts that stand behind
 * them alone.
 */
export function withoutTail(
  layers: readonly LayerState[],
  tail: { readonly layers: readonly Pick<ProbedLayer, 'layer'>[] },
): Override[] {
  const left = new Set(tail.layers.map(({ layer }) => layer))
  for (const layer of layers) {
    const follows = layer.inbound.length > 0 && layer.inbound.every((id) => left.has(id))
    if (follows && !layer.isOutput && onlyAlters(layer.kind)) left.add(layer.id)
  }
  return layers
    .filter(({ id }) => left.has(id))
    .map((layer) => ({ layer: patternOf(layer, layers), property: 'repeat', value: 0 }))
}

function onlyAlters(kind: string): boolean {
  const { activation, normaliser } = layerKind(kind)
  return activation || normaliser || /Dropout|GaussianNoise/.test(kind)
}

/** Its name, or its line where other layers have the same name. */
function patternOf({ name, site, id }: LayerState, layers: readonly LayerState[]): string {
  const isAlone = layers.every((other) => other.id === id || other.name !== name)
  return isAlone || !site ? name : `${site.file}:${site.line}:${site.column}`
}

function saturationIn(layer: LayerState | undefined): number | null {
  return layer ? saturationOf(layer.sufficient ?? layer.train ?? layer.before) : null
}
