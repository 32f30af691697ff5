import type { LayerState } from '../run/state.ts'

/** Which widths a group may have, as the `model` event says it. */
type Admissible = Pick<NonNullable<LayerState['group']>, 'multiple' | 'offset'>

/**
 * Returns the smallest width of at least `wanted` that a group may have: its widths are `offset + multiple · n` for
 * n = 1, 2, … Without a group, or where nothing is said, every width from 1 on is one.
 */
export function admissibleWidth(wanted: number, group: Admissible | undefined): number {
  const { multiple = 1, offset = 0 } = group ?? {}
  return offset + multiple * Math.max(1, Math.ceil((wanted - offset) / multiple))
}
