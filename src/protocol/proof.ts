import * as v from 'valibot'
import { count, finite, finiteOrNull, label } from './primitives.ts'

/** How much of the metric a plan may give up. */
export const TOLERANCES = ['lossless', 'balanced', 'smallest', 'budget'] as const

const Widths = v.record(v.string(), count)

/** One network of other widths that was evaluated. */
const Plan = v.object({
  tolerance: v.picklist(TOLERANCES),
  /** What the metric may lose; null for a budget of parameters or floating-point operations. */
  limit: v.nullable(finite),
  /** By layer: its width, of the layers whose width changes. */
  widths: Widths,
  parameters: count,
  /** Floating-point operations of the forward pass for an example. */
  flops: v.optional(count),
  /** Metric on the half of the examples that reports. */
  value: finiteOrNull,
  /** 95 % interval of the difference from the present network, on that half. */
  interval: v.tuple([finiteOrNull, finiteOrNull]),
})

const ProvenGroup = v.object({
  /** Its layers, in the order of the forward pass. */
  layers: v.array(label),
  width: count,
  /** Why it is kept wide, as a clause; null where it was narrowed on trial. */
  kept: v.nullable(label),
  /** Metric on the half that decides when this group alone is narrower, by falling width. */
  curve: v.array(v.object({ width: count, value: finiteOrNull })),
})

/** A network that was tried on the half that decides, so that a later proof need not try it again. */
const Tried = v.object({
  /** Width of each group, in the order of the groups. */
  widths: v.array(count),
  loss: finiteOrNull,
  value: finiteOrNull,
})

/** What the values of a proof depend on, as hashes: where they are the same, a later proof finds the same values. */
const Basis = v.object({
  weights: label,
  /** What the units are chosen by, and statistics that were replaced. */
  estimates: label,
  /** The examples that decide, and how they are judged. */
  examples: label,
})

/** What the size of a weight depends on (`src/model/weightSize.ts`). */
const WeightSize = v.object({
  layer: label,
  rest: count,
  /** Floating-point operations for an example that each entry takes part in. */
  flopsEach: v.optional(v.pipe(finite, v.minValue(0))),
  axes: v.array(
    v.object({
      fixed: count,
      /** `group` is an index in the proof's groups. */
      groups: v.array(v.object({ group: count, each: v.pipe(finite, v.minValue(0)) })),
    }),
  ),
})

/** How far a proof is. */
const ProofProgress = v.object({
  /** `path`: groups are narrowed one after the other. `alone`: each group is narrowed alone. */
  stage: v.picklist(['path', 'alone']),
  /** Groups that the path has narrowed, or that were narrowed alone. */
  groups: count,
  /** Groups that can be narrowed. */
  of: count,
  /** Seconds left: at most on the path, about so many where groups are narrowed alone. */
  secondsLeft: finite,
})

/**
 * What a trained network keeps when its layers are narrower: units that explain the others are kept, the rest is folded
 * into the weights that take them, and the network is evaluated without further training. Each event replaces the one
 * before.
 */
export const Proof = v.object({
  /** The metric, as the script calls it in validation. */
  metric: label,
  better: v.picklist(['higher', 'lower']),
  /** Whether its values are shares, of which a hundredth is a point. */
  isShare: v.boolean(),
  /** Where the examples come from: validation in `fit`, `evaluate`, or inputs of the training. */
  source: v.picklist(['validation', 'evaluate', 'inputs']),
  examples: v.object({ deciding: count, reporting: count }),
  /** Normalisations whose moving statistics lag behind the training, and were replaced in the trials. */
  recalibrated: v.array(label),
  parameters: count,
  /** Floating-point operations of the forward pass for an example; missing where they are not known. */
  flops: v.optional(count),
  /** Metric of the present network on the half that reports. */
  value: finiteOrNull,
  groups: v.array(ProvenGroup),
  plans: v.array(Plan),
  /** Networks that were evaluated. */
  evaluations: count,
  seconds: finite,
  /** `running` while more plans may come. */
  phase: v.picklist(['running', 'done', 'out of time', 'cancelled']),
  /** Only while it is running. */
  progress: v.optional(ProofProgress),
  basis: v.optional(Basis),
  /** The networks that were tried since the event before. */
  tried: v.optional(v.array(Tried)),
  /** Evaluations that an earlier proof had made. */
  continued: v.optional(count),
  /** The weights whose size depends on widths, so that parameters can be counted at any widths. */
  weights: v.optional(v.array(WeightSize)),
  /** What has to be known of it beside, in sentences. */
  notes: v.optional(v.array(label)),
})

/** The part of an earlier proof with which a later one goes on. */
export const EarlierProof = v.object({ basis: Basis, tried: v.array(Tried) })

export type Proof = v.InferOutput<typeof Proof>
export type EarlierProof = v.InferOutput<typeof EarlierProof>
export type ProofBasis = v.InferOutput<typeof Basis>
export type ProvenGroup = Proof['groups'][number]
export type Plan = Proof['plans'][number]
export type Tolerance = Plan['tolerance']
