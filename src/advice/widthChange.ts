import { layerKind } from '../model/layerKinds.ts'
import type { LayerState, RunState } from '../run/state.ts'
import { admissibleWidth } from './admissibleWidth.ts'
import { membersOf } from './groupWidth.ts'

/** Another width for one layer of a run. */
export interface WidthChange {
  /** Id of the layer. */
  layer: string
  from: number
  to: number
}

/** How many times wider a crowded layer is tried: a smaller step is hard to tell from noise. */
const WIDENING = 2

/**
 * Lists the changes that give a layer another width: its own, and those of all layers that have to have the same width
 * as the proof or the operations of a training step show.
 */
export function changesTo({ proof, layers }: RunState, layer: LayerState, to: number): WidthChange[] {
  const proven = proof?.groups.find((group) => group.layers.includes(layer.id))
  const members = proven ? layers.filter(({ id }) => proven.layers.includes(id)) : membersOf(layer, layers)
  return members.flatMap(({ id, width }) => (width === null || width === to ? [] : [{ layer: id, from: width, to }]))
}

/** Lists the changes that a run tries: the widths that overrides have given to its layers instead of the source's. */
export function triedChanges({ layers }: RunState): WidthChange[] {
  return layers.flatMap(({ id, width, sourceWidth }) =>
    sourceWidth === undefined || width === null || width === sourceWidth
      ? []
      : [{ layer: id, from: sourceWidth, to: width }],
  )
}

/**
 * The width that is worth trying for a crowded layer, twice the present one; null where its code does not name a width,
 * or its width is not free.
 */
export function widerWidth({ width, widthProperty, group, kind }: LayerState): number | null {
  if (width === null || widthProperty === null || layerKind(kind).wrapper) return null
  if (group && (group.given !== null || group.unknown !== null)) return null
  return admissibleWidth(WIDENING * width, group)
}
