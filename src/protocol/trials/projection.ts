import * as v from 'valibot'
import { count, finite, finiteOrNull, label } from '../primitives.ts'

/** What a layer's output is projected onto. `uncentred`: eigenvectors of the second moment. `random`: of equal rank. */
export const BASES = ['eigenspace', 'uncentred', 'random'] as const

const Point = v.object({
  delta: finite,
  /** Dimensions that are left, summed over the projected layers. */
  dimensions: count,
  /** Metric and loss on the half of the examples that reports. The loss is null where it is not known. */
  metric: finiteOrNull,
  loss: finiteOrNull,
  /** 95 % interval of the metric's difference from the network as it is, on that half. */
  interval: v.tuple([finiteOrNull, finiteOrNull]),
  /** Whether the half that decides shows the metric to be within the tolerance. */
  within: v.boolean(),
})

const Curve = v.object({
  /** Name of the layer; null where all are projected together. */
  layer: v.nullable(label),
  basis: v.picklist(BASES),
  /** Features of the projected layers. */
  features: count,
  /** By falling delta. */
  points: v.array(Point),
  /** The smallest delta that is within the tolerance, as all larger ones are; null where only 1 is, or none was tried. */
  smallest: v.nullable(finite),
})

/**
 * How good a trained network is while outputs of its layers are restricted to eigenspaces of their covariances. Each event
 * replaces the one before.
 */
export const Projected = v.object({
  model: label,
  metric: label,
  better: v.picklist(['higher', 'lower']),
  /** Whether its values are shares, of which a hundredth is a point. */
  isShare: v.boolean(),
  /** Where the examples come from: validation in `fit`, `evaluate`, or inputs of the training. */
  source: v.picklist(['validation', 'evaluate', 'inputs']),
  /** Examples that decide and report, and of which the covariances were formed. */
  examples: v.object({ deciding: count, reporting: count, moments: count }),
  /** How much worse the metric may become. */
  tolerance: finite,
  /** Metric and loss of the network as it is, on the half that reports. */
  plain: v.object({ metric: finiteOrNull, loss: finiteOrNull }),
  curves: v.array(Curve),
  /** What was left out and what has to be known, in sentences. */
  notes: v.array(label),
  seconds: finite,
  /** False while more curves may come. */
  done: v.boolean(),
})

export type Projected = v.InferOutput<typeof Projected>
export type ProjectionCurve = Projected['curves'][number]
export type ProjectionPoint = ProjectionCurve['points'][number]
export type ProjectionBasis = ProjectionCurve['basis']
