import type { Measurement } from '../protocol/measurement.ts'
import { dimensionBounds } from '../saturation/dimensionBounds.ts'
import type { Series } from './series.ts'

/** Windows that are kept of each layer: they show since when nothing has changed. */
export const MAX_ENDED_WINDOWS = 100
/** The latest of them that decide whether a width has settled. */
export const DECIDING_WINDOWS = 5
/** Share of the variance that `k99` counts the dimensions of, whatever share the run's own k counts. */
const WIDTH_DELTA = 0.99

/** A layer's train split at the end of a window. From a few of them one sees whether its width has settled. */
export interface EndedWindow {
  /** Last training step of the window, from 1. */
  step: number
  /** Epoch that ended with the window, counted from 0 in each `fit`; null where no epochs are known. */
  epoch: number | null
  /** Epochs that the window covers; 0 where no epochs are known. */
  epochs: number
  width: number
  /** Dimensions that hold the share delta of the variance, as the run's own delta is; the upper bound of an estimate. */
  k: number
  /** The lower bound of an estimate; missing where `k` is exact. */
  low?: number | undefined
  /** Dimensions that hold 99 % of the variance; an upper bound where the spectrum does not tell exactly. */
  k99: number
  /** Mean training loss over the window's steps; null where none was reported. */
  loss: number | null
}

/** Summarises the measurement that ended a window. @param at when it ended @param loss the training loss over steps */
export function endedWindow(
  measurement: Measurement,
  at: { step: number; epoch: number | null },
  loss: Series,
): EndedWindow {
  const { step, epoch } = at
  const { width, bounds, delta, spectrum, steps } = measurement
  const k = bounds?.high ?? measurement.k
  return {
    step,
    epoch,
    epochs: steps?.epochs ?? 0,
    width,
    k,
    ...(bounds ? { low: bounds.low } : {}),
    k99: delta === WIDTH_DELTA ? k : dimensionBounds(spectrum, WIDTH_DELTA).high,
    loss: meanOver(loss, steps?.first ?? 0, step),
  }
}

/** Mean of a curve's finite values from one step to another; null where there is none. */
function meanOver({ x, y }: Series, first: number, last: number): number | null {
  let [sum, count] = [0, 0]
  for (let i = x.length - 1; i >= 0 && x[i]! >= first; i--) {
    const value = y[i]
    if (x[i]! > last || value === null || value === undefined) continue
    sum += value
    count++
  }
  return count === 0 ? null : sum / count
}
