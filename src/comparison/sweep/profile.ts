import type { RunState } from '../../run/state.ts'
import { judge, measuredLayers } from '../../advice/verdict.ts'

/** The saturation of a network's layers from its input to its output. The output layer is left out: the task sets it. */
export interface Profile {
  readonly layers: readonly { readonly name: string; readonly kind: string; readonly saturation: number }[]
  /** Mean saturation in [0, 1]; null where no layer was measured. */
  readonly mean: number | null
  /** `evennessOf` the layers; null for fewer than two. */
  readonly evenness: number | null
}

/** The profile of a run's latest sufficient measurements of training. */
export function profileOf(run: RunState): Profile {
  const layers = measuredLayers(run)
    .filter(({ isOutput }) => !isOutput)
    .flatMap((layer) => {
      const { saturation } = judge(layer)
      return saturation === null ? [] : [{ name: layer.name, kind: layer.kind, saturation }]
    })
  return summarised(layers)
}

/** The mean of profiles of one network, of the layers that all of them have. */
export function meanProfile(profiles: readonly Profile[]): Profile {
  const [first, ...others] = profiles
  const layers = (first?.layers ?? []).flatMap(({ name, kind, saturation }) => {
    const same = others.map((profile) => profile.layers.find((layer) => layer.name === name)?.saturation)
    if (same.includes(undefined)) return []
    const all = [saturation, ...(same as number[])]
    return [{ name, kind, saturation: all.reduce((sum, value) => sum + value, 0) / all.length }]
  })
  return summarised(layers)
}

/**
 * How evenly saturation is spread over layers: the entropy of its shares, divided by that of equal shares, in [0, 1]. 1
 * where all layers are equally saturated; near 0 where one layer does all.
 * @returns null for fewer than two layers, and where nothing is saturated
 */
export function evennessOf(values: readonly number[]): number | null {
  const sum = values.reduce((total, value) => total + value, 0)
  if (values.length < 2 || sum === 0) return null
  const shares = values.map((value) => value / sum).filter((share) => share > 0)
  return shares.reduce((total, share) => total + share * Math.log(1 / share), 0) / Math.log(values.length)
}

function summarised(layers: Profile['layers']): Profile {
  const values = layers.map(({ saturation }) => saturation)
  const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  return { layers, mean, evenness: evennessOf(values) }
}
