/**
 * Returns a generator of numbers that are uniform in (0, 1) and determined by the seed (mulberry32).
 * @param seed an integer; a fractional part is dropped.
 */
export function uniformGenerator(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
}
