import type { LayerState } from '../run/state.ts'

/** The width that a layer had before somebody narrowed it. */
export interface Narrowed {
  from: number
  /** The width that an earlier run estimated to do; null where none did. */
  estimate: number | null
}

/**
 * Tells whether a layer was narrowed: by an override of the source's width, or since an earlier run of the script
 * estimated a smaller width. Saturation falls again after each cut, so it cannot tell whether to narrow the layer
 * further. A comparison of the trainings can.
 * @returns null where the layer is as wide as it was, or wider.
 */
export function narrowedFrom({ width, sourceWidth = 0, earlier }: LayerState): Narrowed | null {
  if (width === null) return null
  if (earlier && earlier.width > width && earlier.width >= sourceWidth)
    return { from: earlier.width, estimate: earlier.estimate }
  return sourceWidth > width ? { from: sourceWidth, estimate: null } : null
}
