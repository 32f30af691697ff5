import type { LayerState } from '../run/state.ts'
import { recommendedWidth } from './recommendedWidth.ts'
import { judgedBy, verdictKind, type Thresholds } from './verdictKind.ts'

/**
 * Returns a width for a layer and all those that have to have the same one: the largest that one of them needs.
 * @returns null where the width is given, where a function may need it, and where one of the layers is not underused.
 */
export function groupWidth(layer: LayerState, layers: readonly LayerState[], thresholds: Thresholds): number | null {
  const { group } = layer
  if (group && (group.given !== null || group.unknown !== null)) return null
  const widths = membersOf(layer, layers).map((member) => {
    const measurement = judgedBy(member)
    return measurement && verdictKind(member, thresholds) === 'underused' ? recommendedWidth(measurement) : null
  })
  return widths.reduce((largest, width) => (largest === null || width === null ? null : Math.max(largest, width)), 0)
}

/** The layers of a layer's group, itself included; in logs without groups only itself. */
export function membersOf(layer: LayerState, layers: readonly LayerState[]): LayerState[] {
  const { group } = layer
  return group ? layers.filter((other) => other.group?.id === group.id) : [layer]
}
