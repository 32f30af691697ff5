/**
 * How many of the largest it takes to sum to `wanted`, all where they do not.
 * @param values descending
 */
export function countTo(values: Float64Array, wanted: number): number {
  let held = 0
  let count = 0
  while (count < values.length && held < wanted) held += values[count++]!
  return count
}

/** Sum of the first `count` values. */
export function sum(values: Float64Array, count: number): number {
  let total = 0
  for (let i = 0; i < count; i++) total += values[i]!
  return total
}
