/**
 * The steps in which widths are estimated: whole numbers up to 16, and from there on eight to each doubling, which are
 * 16, 18, … 32, 36, … 64, 72, … An estimate of a width is no finer than that, and multiples of powers of two suit
 * vector hardware.
 */
export const STEPS_PER_DOUBLING = 8
/** Width from which on a step is more than 1. */
const FIRST_COARSE_WIDTH = 16

/** Returns the size of the step at a width. */
function stepAt(width: number): number {
  if (width < FIRST_COARSE_WIDTH) return 1
  return 2 ** Math.floor(Math.log2(width)) / STEPS_PER_DOUBLING
}

/** Returns the step nearest to a width. @param width not less than 0 */
export function nearestStep(width: number): number {
  const step = stepAt(width)
  return Math.round(width / step) * step
}
