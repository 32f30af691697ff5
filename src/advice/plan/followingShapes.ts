import { layerKind } from '../../model/layerKinds.ts'
import type { LayerState } from '../../run/state.ts'

/** A number in the construction of a layer that has to follow the width of another. */
export interface FollowingNumber {
  /** Id of the layer whose construction has it. */
  layer: string
  /** Id of the layer whose width it follows. */
  follows: string
  /** `targetShape[2]` of a Reshape, `inputShape[0]` of a layer that begins another model. */
  property: string
  from: number
  /** Null where no whole number fits. */
  to: number | null
  /** Whether the construction may lack the number: then there is nothing to change. */
  optional: boolean
}

/**
 * Finds the numbers that have to follow when layers get other widths: the last size of a Reshape's target, which takes
 * what the sizes before it leave, and the size of the input where the code gives one.
 * @param widths new widths by id of the layer
 */
export function followingShapes(layers: readonly LayerState[], widths: ReadonlyMap<string, number>): FollowingNumber[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  return layers.flatMap((layer) => {
    const source = sourceOf(layer, byId, widths)
    if (!source || layer.site === null) return []
    const [from, to] = [source.width!, widths.get(source.id)!]
    const shape = layer.outputShape ?? []
    const found: FollowingNumber[] = []
    if (layer.kind === 'Reshape') {
      const last = shape.at(-1) ?? null
      if (last === null || shape.length < 2) return []
      const followed = (last * to) / from
      const property = `targetShape[${shape.length - 2}]`
      const whole = Number.isInteger(followed) ? followed : null
      found.push({ layer: layer.id, follows: source.id, property, from: last, to: whole, optional: false })
    }
    const rank = source.outputShape?.length ?? 0
    const property = `inputShape[${rank - 2}]`
    if (rank >= 2) found.push({ layer: layer.id, follows: source.id, property, from, to, optional: true })
    return found
  })
}

/** The layer of another width whose features a layer takes, directly or through layers that pass them on. */
function sourceOf(
  { inbound }: LayerState,
  byId: ReadonlyMap<string, LayerState>,
  widths: ReadonlyMap<string, number>,
): LayerState | null {
  const seen = new Set<string>()
  for (let [id] = inbound; id !== undefined && !seen.has(id);) {
    seen.add(id)
    const layer = byId.get(id)
    if (!layer) return null
    if (widths.has(id) && layer.width !== null && widths.get(id) !== layer.width) return layer
    const { passesWidthOn, reshapes } = layerKind(layer.kind)
    if (!passesWidthOn && !(reshapes && layer.kind === 'Flatten')) return null
    ;[id] = layer.inbound
  }
  return null
}
