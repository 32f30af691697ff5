/**
 * Runs an action with another `Math.random`, from which TensorFlow.js takes its seeds and the order of examples.
 * @template T @param {number} seed @param {() => T | Promise<T>} action @returns {Promise<T>}
 */
export async function seeded(seed, action) {
  const original = Math.random
  Math.random = generator(seed)
  try {
    return await action()
  } finally {
    Math.random = original
  }
}

/** The generator "mulberry32" by T. Ettinger (public domain). @param {number} seed */
export function generator(seed) {
  let state = Math.imul(seed, 0x9e3779b1) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The numbers below one in a random order. @param {number} count @param {number} seed */
export function shuffled(count, seed) {
  const next = generator(seed)
  const places = Array.from({ length: count }, (_, index) => ({ index, at: next() }))
  return places.sort((a, b) => a.at - b.at).map(({ index }) => index)
}
