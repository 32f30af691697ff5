import * as v from 'valibot'
import { count, finite, finiteOrNull, label, MAX_WIDTH, share, width } from './primitives.ts'

/** The kind of forward pass: inside a training step (`train`), or in validation or `evaluate` (`eval`). */
export const Split = v.picklist(['train', 'eval'])

/** The eigenvalues of a spectrum. */
function eigenvalueCount({ head, tail }: { head: readonly unknown[]; tail: readonly { count: number }[] }): number {
  return tail.reduce((sum, bin) => sum + bin.count, head.length)
}

const SpectrumParts = v.object({
  /** The largest eigenvalues of the population covariance, descending; all of them for a width up to 512. */
  head: v.array(finite),
  /**
   * The eigenvalues that `head` leaves out, in bins, descending: each bin has the number and sum of its eigenvalues.
   */
  tail: v.array(v.object({ count, sum: finite })),
})
const Spectrum = v.pipe(
  SpectrumParts,
  v.check((spectrum) => eigenvalueCount(spectrum) <= MAX_WIDTH, `a spectrum has ${MAX_WIDTH} eigenvalues at most`),
)

export const Measurement = v.object({
  layer: label,
  split: Split,
  width,
  /** Feature vectors in the covariance, in the current window. */
  observations: count,
  /**
   * The number of independent observations that they are worth, where that is less: rows may repeat or depend on each
   * other (docs/effective-observations.md). Missing means as many as `observations`.
   */
  effective: v.optional(v.pipe(finite, v.minValue(0))),
  /** Feature vectors that the layer produced in the same window; observations / seen is the sampled share. */
  seen: count,
  /** Smallest number k such that the k largest eigenvalues hold at least the share `delta` of the trace. */
  k: width,
  /**
   * Bounds of k when it is an estimate: the layer is too wide for its covariance to be kept, so that a sketch was used,
   * or the process ended before all eigenvalues were computed. Missing when k is exact.
   */
  bounds: v.optional(v.object({ low: width, high: width })),
  delta: share,
  /** Trace of the covariance, which is the total variance. */
  trace: finiteOrNull,
  /**
   * ok: k is defined. constant: no variance, k = 0. tooFew: fewer than two observations, k = 0. nonFinite: some
   * features are NaN or infinite; batches with such features are left out of the covariance.
   */
  status: v.picklist(['ok', 'constant', 'tooFew', 'nonFinite']),
  /** Observations that were left out because their batch has NaN or infinity. */
  rejected: count,
  /**
   * First and last training step of the window, counted from 1, and the number of epochs it covers, including the
   * current one; 0 when no epochs are known. Missing in logs of version 0.1.0.
   */
  steps: v.optional(v.object({ first: count, last: count, epochs: count })),
  spectrum: Spectrum,
})

/** A sample of a window's feature vectors in the eigenspace of its covariance. */
export const Embedding = v.object({
  layer: label,
  split: Split,
  step: count,
  epoch: v.nullable(count),
  /** For each component the share of the trace that it holds, in [0, 1]. */
  held: v.array(finite),
  /**
   * One point for each feature vector, in the order of arrival: its deviation from the window's mean, along the
   * eigenvectors of the largest eigenvalues. The sign of each eigenvector makes its entry of largest magnitude
   * positive.
   */
  points: v.array(v.array(finite)),
})

/** How much of the layers' output is measured at present; less than all when the budget requires it. */
export const Sampling = v.object({
  /** Rows of a layer's output that are measured per step, as a multiple of its width; null for all rows. */
  rowsPerFeature: v.nullable(v.number()),
  /** A layer is measured in every n-th step on average; n may be a fraction. */
  layerStride: v.pipe(v.number(), v.minValue(1)),
})

export type Split = v.InferOutput<typeof Split>
export type Spectrum = v.InferOutput<typeof Spectrum>
export type Sampling = v.InferOutput<typeof Sampling>
export type Measurement = v.InferOutput<typeof Measurement>
export type Embedding = v.InferOutput<typeof Embedding>
