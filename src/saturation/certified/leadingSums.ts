/**
 * The smallest number of leading values whose sum is at least `wanted`; the number of all values if their sum is less.
 * @param values descending
 */
export function countReaching(values: Float64Array, wanted: number): number {
  let held = 0
  let count = 0
  while (count < values.length && held < wanted) held += values[count++]!
  return count
}

/** Sum of the first `count` values. */
export function leadingSum(values: Float64Array, count: number): number {
  let total = 0
  for (let i = 0; i < count; i++) total += values[i]!
  return total
}
