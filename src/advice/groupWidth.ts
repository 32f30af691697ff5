import type { LayerState } from '../run/state.ts'
import { admissibleWidth } from './admissibleWidth.ts'
import { recommendedWidth } from './recommendedWidth.ts'
import { judgedBy, verdictKind, type Thresholds } from './verdictKind.ts'

/**
 * Returns a width for a layer and all those that have to have the same one: the largest that one of them needs,
 * rounded up to one that the operations allow.
 * @returns null where that is not less than the present width, where the width is given, where a function may need it, and where one of the layers is not underused.
 */
export function groupWidth(layer: LayerState, layers: readonly LayerState[], thresholds: Thresholds): number | null {
  const { group } = layer
  if (group && (group.given !== null || group.unknown !== null)) return null
  const widths = membersOf(layer, layers).map((member) => {
    const measurement = judgedBy(member)
    return measurement && verdictKind(member, thresholds) === 'underused' ? recommendedWidth(measurement) : null
  })
  const largest = widths.reduce((most, width) => (most === null || width === null ? null : Math.max(most, width)), 0)
  if (largest === null) return null
  const width = admissibleWidth(largest, group)
  return layer.width !== null && width < layer.width ? width : null
}

/** The layers of a layer's group, itself included; in logs without groups only itself. */
export function membersOf(layer: LayerState, layers: readonly LayerState[]): LayerState[] {
  const { group } = layer
  return group ? layers.filter((other) => other.group?.id === group.id) : [layer]
}
