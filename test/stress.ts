/** Whether as much is to be tried as the fuzzers and sweeps can, not the slice of it that `npm test` has time for. */
export const STRESS = Boolean(process.env['SATURATION_STRESS'])

/** How many cases to try: `few` in `npm test`, `many` with the environment variable SATURATION_STRESS. */
export function cases(few: number, many: number): number {
  return STRESS ? many : few
}

/** Cases of a sweep: `always` in `npm test`, followed by `further` with the environment variable SATURATION_STRESS. */
export function sweep<T>(always: readonly T[], further: readonly T[]): readonly T[] {
  return STRESS ? [...always, ...further] : always
}
