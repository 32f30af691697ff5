import type { Objective } from './lbfgs.ts'

/** Products with a matrix X of features, one row for each example. Whoever has the matrix computes them. */
export interface Products {
  readonly rows: number
  readonly features: number
  /** X W. @param weights [features × columns] @returns [rows × columns] */
  scores(weights: Float64Array, columns: number): Float32Array
  /** Xᵀ R. @param residuals [rows × columns] @returns [features × columns] */
  transposed(residuals: Float32Array, columns: number): Float32Array
}

/** What a probe predicts. */
export type Labels = ClassLabels | ValueLabels
export interface ClassLabels {
  readonly kind: 'classes'
  /** Number of classes. */
  readonly columns: number
  /** [examples] Class of each example; −1 for one that no example of the training has. */
  readonly classes: Int32Array
}
export interface ValueLabels {
  readonly kind: 'values'
  readonly columns: number
  /** [examples × columns] */
  readonly values: Float32Array
}

/** Returns the loss of a row, and replaces its scores by the residuals dLoss / dScore. */
type RowLoss = (scores: Float32Array, row: number) => number

/**
 * The mean loss of a linear model over examples, and λ/2 ‖W‖². The parameters are the weights [features × columns]
 * and behind them the offsets [columns], which are not penalised. Classes: cross entropy of the softmax (multinomial
 * logistic regression, Hastie, Tibshirani and Friedman 2009, section 4.4). Values: half the squared error (ridge
 * regression, section 3.4.1).
 */
export function penalisedLoss(products: Products, labels: Labels, lambda: number): Objective {
  const { columns } = labels
  const { rows, features } = products
  const rowLoss = labels.kind === 'classes' ? crossEntropy(labels) : squaredError(labels)
  return (x) => {
    const weights = x.subarray(0, features * columns)
    const offsets = x.subarray(features * columns)
    const residuals = withOffsets(products.scores(weights, columns), offsets)
    let value = 0
    for (let row = 0; row < rows; row++) value += rowLoss(residuals, row)
    for (let i = 0; i < residuals.length; i++) residuals[i]! /= rows
    value /= rows
    const gradient = new Float64Array(x.length)
    gradient.set(products.transposed(residuals, columns))
    for (let i = 0; i < residuals.length; i++) gradient[features * columns + (i % columns)]! += residuals[i]!
    let squares = 0
    for (let i = 0; i < weights.length; i++) {
      squares += weights[i]! ** 2
      gradient[i]! += lambda * weights[i]!
    }
    return { value: value + (lambda / 2) * squares, gradient }
  }
}

/** Scores with the offset of each column. @param scores [rows × columns]; a copy is returned */
export function withOffsets(scores: Float32Array, offsets: Float64Array): Float32Array {
  return scores.map((score, i) => score + offsets[i % offsets.length]!)
}

/** The mean loss of scores, without the penalty. @param scores [rows × columns], offsets added; they are overwritten */
export function meanLoss(scores: Float32Array, labels: Labels): number {
  const rowLoss = labels.kind === 'classes' ? crossEntropy(labels) : squaredError(labels)
  const rows = scores.length / labels.columns
  let value = 0
  for (let row = 0; row < rows; row++) value += rowLoss(scores, row)
  return value / rows
}

function crossEntropy({ classes, columns }: ClassLabels): RowLoss {
  return (scores, row) => {
    const begin = row * columns
    let most = -Infinity
    for (let c = 0; c < columns; c++) most = Math.max(most, scores[begin + c]!)
    let sum = 0
    for (let c = 0; c < columns; c++) sum += Math.exp(scores[begin + c]! - most)
    const label = classes[row]!
    // A class without a score has the loss of a uniform guess.
    const loss = label < 0 ? Math.log(columns) : most + Math.log(sum) - scores[begin + label]!
    for (let c = 0; c < columns; c++)
      scores[begin + c] = Math.exp(scores[begin + c]! - most) / sum - (c === label ? 1 : 0)
    return loss
  }
}

function squaredError({ values, columns }: ValueLabels): RowLoss {
  return (scores, row) => {
    let squares = 0
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      scores[i]! -= values[i]!
      squares += scores[i]! ** 2
    }
    return squares / 2
  }
}
