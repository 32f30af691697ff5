/** @typedef {{ min: number, median: number, rounds: number }} Ratio over the pairs of all rounds */

/**
 * @param {number[]} values one of each round, at least one
 * @returns {Ratio}
 */
export function ratio(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 ? sorted[middle] : (Number(sorted[middle - 1]) + Number(sorted[middle])) / 2
  return { min: Number(sorted[0]), median: Number(median), rounds: values.length }
}
