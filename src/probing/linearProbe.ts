import { minimise, type Limits, type Minimum } from './lbfgs.ts'
import { meanLoss, penalisedLoss, withOffsets, type Labels, type Products } from './losses.ts'

/** Strengths of the L2 penalty that are tried, from the strongest: λ of mean loss + λ/2 ‖W‖². */
export const PENALTIES = [1, 0.1, 0.01, 1e-3, 1e-4] as const
/** Largest component of the gradient at which a probe has converged (the default of scikit-learn's solver). */
export const TOLERANCE = 1e-4
/** The same where penalties are only compared. */
const SELECTION_TOLERANCE = 1e-3
/** Iterations of one minimisation at most. */
export const MAX_ITERATIONS = 1000

/** Labelled examples as a probe gets them. */
export interface Examples {
  readonly products: Products
  readonly labels: Labels
}

/** A trained probe. */
export interface Probe extends Omit<Minimum, 'x' | 'value'> {
  /** [features × columns] */
  readonly weights: Float64Array
  /** [columns] */
  readonly offsets: Float64Array
  /** λ of mean loss + λ/2 ‖W‖². */
  readonly penalty: number
}

/**
 * The penalty with the least loss on examples that were held out. Penalties are tried from the strongest on, each from
 * where the one before has ended, until the loss rises.
 * @returns it, and parameters to begin with
 */
export function choosePenalty(
  fitted: Examples,
  heldOut: Examples,
  isOver: () => boolean,
): { penalty: number; x: Float64Array } {
  const { columns } = fitted.labels
  const { features } = fitted.products
  let x: Float64Array = new Float64Array((features + 1) * columns)
  let best: { penalty: number; x: Float64Array; loss: number } = { penalty: PENALTIES[0], x, loss: Infinity }
  for (const penalty of PENALTIES) {
    if (isOver()) break
    x = fit(fitted, penalty, x, { tolerance: SELECTION_TOLERANCE, iterations: MAX_ITERATIONS, isOver }).x
    const scores = withOffsets(
      heldOut.products.scores(x.subarray(0, features * columns), columns),
      x.subarray(features * columns),
    )
    const loss = meanLoss(scores, heldOut.labels)
    if (!(loss < best.loss)) break
    best = { penalty, x, loss }
  }
  return best
}

/**
 * Trains a linear probe to convergence.
 * @param start parameters to begin with, weights and behind them offsets
 */
export function trainProbe(examples: Examples, penalty: number, start: Float64Array, isOver: () => boolean): Probe {
  const limits = { tolerance: TOLERANCE, iterations: MAX_ITERATIONS, isOver }
  const { x, gradientNorm, iterations, converged } = fit(examples, penalty, start, limits)
  const split = examples.products.features * examples.labels.columns
  return { weights: x.slice(0, split), offsets: x.slice(split), penalty, gradientNorm, iterations, converged }
}

function fit({ products, labels }: Examples, penalty: number, start: Float64Array, limits: Limits): Minimum {
  return minimise(penalisedLoss(products, labels, penalty), start, limits)
}
