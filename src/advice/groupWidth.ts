import type { LayerState } from '../run/state.ts'
import { admissibleWidth } from './admissibleWidth.ts'
import { estimatedWidth } from './estimatedWidth.ts'
import { narrowedFrom } from './narrowedFrom.ts'
import { settlingOf } from './settling.ts'
import { verdictKind, type Thresholds } from './verdictKind.ts'

/**
 * Estimates a width for a layer and all those that have to have the same one: the largest that one of them uses, as the
 * mean of the windows over which it has settled, rounded up to a width that the operations allow.
 * @returns null where the width is given, where a function may need it, where one of the layers is not underused or
 *   has been narrowed, and where the estimate is not less than the present width.
 */
export function groupWidth(layer: LayerState, layers: readonly LayerState[], thresholds: Thresholds): number | null {
  const { group } = layer
  if (group && (group.given !== null || group.unknown !== null)) return null
  const widths = membersOf(layer, layers).map((member) =>
    verdictKind(member, thresholds) === 'underused' && narrowedFrom(member) === null ? settledWidth(member) : null,
  )
  const largest = widths.reduce((most, each) => (most === null || each === null ? null : Math.max(most, each)), 0)
  if (largest === null || largest === 0) return null
  const width = admissibleWidth(largest, group)
  return width < (layer.width ?? 0) ? width : null
}

/** Estimates the width of one settled layer by itself, from the mean of the windows over which it has settled. */
export function settledWidth(layer: LayerState): number {
  const { windows } = settlingOf(layer)
  const width = windows.at(-1)?.width ?? 0
  return estimatedWidth({ width, k99: windows.reduce((sum, { k99 }) => sum + k99, 0) / windows.length })
}

/** The layers of a layer's group, itself included; in logs without groups only itself. */
export function membersOf(layer: LayerState, layers: readonly LayerState[]): LayerState[] {
  const { group } = layer
  return group ? layers.filter((other) => other.group?.id === group.id) : [layer]
}
