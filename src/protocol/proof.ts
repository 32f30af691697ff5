import * as v from 'valibot'
import { count, finite, finiteOrNull, text } from './primitives.ts'

/** How much of the metric a plan may give up. */
export const TOLERANCES = ['lossless', 'balanced', 'smallest', 'budget'] as const

const Widths = v.record(v.string(), count)

/** One network of other widths that was evaluated. */
const Plan = v.object({
  tolerance: v.picklist(TOLERANCES),
  /** What the metric may lose; null for a budget of parameters. */
  limit: v.nullable(finite),
  /** By layer: its width, of the layers whose width changes. */
  widths: Widths,
  parameters: count,
  /** Metric on the half of the examples that reports. */
  value: finiteOrNull,
  /** 95 % interval of the difference from the present network, on that half. */
  interval: v.tuple([finiteOrNull, finiteOrNull]),
})

const ProvenGroup = v.object({
  /** Its layers, in the order of the forward pass. */
  layers: v.array(text),
  width: count,
  /** Why it is kept wide, as a clause; null where it was narrowed on trial. */
  kept: v.nullable(text),
  /** Metric on the half that decides when this group alone is narrower, by falling width. */
  curve: v.array(v.object({ width: count, value: finiteOrNull })),
})

/**
 * What a trained network keeps when its layers are narrower: units that explain the others are kept, the rest is folded
 * into the weights that take them, and the network is evaluated without further training. Each event replaces the one
 * before.
 */
export const Proof = v.object({
  /** The metric, as the script calls it in validation. */
  metric: text,
  better: v.picklist(['higher', 'lower']),
  /** Whether its values are shares, of which a hundredth is a point. */
  isShare: v.boolean(),
  /** Where the examples come from: validation in `fit`, `evaluate`, or inputs of the training. */
  source: v.picklist(['validation', 'evaluate', 'inputs']),
  examples: v.object({ deciding: count, reporting: count }),
  /** Normalisations whose moving statistics lag behind the training, and were replaced in the trials. */
  recalibrated: v.array(text),
  parameters: count,
  /** Metric of the present network on the half that reports. */
  value: finiteOrNull,
  groups: v.array(ProvenGroup),
  plans: v.array(Plan),
  /** Networks that were evaluated. */
  evaluations: count,
  seconds: finite,
  /** `running` while more plans may come. */
  phase: v.picklist(['running', 'done', 'out of time', 'cancelled']),
})

export type Proof = v.InferOutput<typeof Proof>
export type ProvenGroup = Proof['groups'][number]
export type Plan = Proof['plans'][number]
export type Tolerance = Plan['tolerance']
