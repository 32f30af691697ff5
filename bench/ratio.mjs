/**
 * @typedef {object} Ratio of what is compared to what it is compared with, over the pairs of all rounds
 * @property {number} min
 * @property {number} median
 * @property {number} best least of the one / least of the other: other programs make a run longer, never shorter
 * @property {number} rounds
 */

/**
 * @param {[number, number][]} pairs one of each round, at least one
 * @returns {Ratio}
 */
export function ratio(pairs) {
  const ratios = pairs.map(([one, other]) => one / other)
  const least = (/** @type {0 | 1} */ side) => Math.min(...pairs.map((pair) => pair[side]))
  return { min: Math.min(...ratios), median: median(ratios), best: least(0) / least(1), rounds: pairs.length }
}

/** @param {number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? Number(sorted[middle]) : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2
}
