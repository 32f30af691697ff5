import fc from 'fast-check'

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

/** The seed of all random tests; null for the usual ones, of which some are always the same and some never. */
export const SEED = Number(process.env['SATURATION_SEED']) || null
if (SEED !== null) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED })

/** Random numbers in [0, 1) from the seed; always the same without one. Mulberry32. */
export function randomNumbers(seed = SEED ?? 1): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
