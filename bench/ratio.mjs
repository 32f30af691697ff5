/**
 * @typedef {object} Ratio a / b for pairs (a, b), one of each round
 * @property {number} min smallest ratio
 * @property {number} median median ratio
 * @property {number} best smallest a / smallest b. Other programs can make a run longer but never shorter, so the
 *   smallest values are the least disturbed.
 * @property {number} rounds number of pairs
 */

/**
 * @param {[number, number][]} pairs at least one
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
