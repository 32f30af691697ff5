import type { Held } from '../heldBatch.ts'
import type { Metric } from '../../../run/metric.ts'

/** Deviation of a row's sum from 1 up to which outputs are probabilities of classes. */
const SUM_TOLERANCE = 1e-3

/** The metric where no targets or no metric of the program are known. */
export const SAME_CLASS: Metric = { name: 'same class', better: 'higher', isShare: true }
/** The metric of other outputs than classes. */
export const RELATIVE_ERROR: Metric = { name: 'relative error', better: 'lower', isShare: true }

/** Whether outputs are probabilities of two or more classes: in each row none is negative, and their sum is 1. */
export function areClasses(outputs: readonly Held[]): boolean {
  return outputs.every(({ shape, values }) => {
    const classes = shape.at(-1) ?? 0
    if (shape.length < 2 || classes < 2) return false
    for (let row = 0; row < values.length; row += classes) {
      let sum = 0
      for (let i = row; i < row + classes; i++) {
        if (!(values[i]! >= 0)) return false
        sum += values[i]!
      }
      if (Math.abs(sum - 1) > SUM_TOLERANCE) return false
    }
    return true
  })
}

/** Share of the rows whose largest entry is the same in both. @param classes entries of a row */
export function sameClassShare(before: Held['values'], after: Held['values'], classes: number): number {
  let same = 0
  for (let row = 0; row < before.length; row += classes)
    if (largest(before, row, classes) === largest(after, row, classes)) same++
  return same / (before.length / classes)
}

/** Variance of outputs about the mean of each feature: the scale of their errors. @param outputs of all chunks */
export function varianceOf(outputs: readonly Held[]): number {
  const width = outputs[0]?.shape.at(-1) ?? 1
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)]
  let rows = 0
  for (const { values } of outputs) {
    rows += values.length / width
    values.forEach((value, i) => {
      sums[i % width]! += value
      squares[i % width]! += value * value
    })
  }
  return squares.reduce((sum, square, j) => sum + Math.max(0, square / rows - (sums[j]! / rows) ** 2), 0) / width
}

/** Root of the mean squared error, in standard deviations of the outputs; 0 where nothing has changed. */
export function relativeError(before: Held['values'], after: Held['values'], variance: number): number {
  let error = 0
  before.forEach((value, i) => (error += (after[i]! - value) ** 2 / before.length))
  return error === 0 ? 0 : Math.sqrt(error / variance)
}

function largest(values: Held['values'], from: number, count: number): number {
  let at = from
  for (let i = from + 1; i < from + count; i++) if (values[i]! > values[at]!) at = i
  return at - from
}
