import * as v from 'valibot'
import { Probed } from './trials/probe.ts'
import { EarlierProof } from './proof.ts'

/** Longest time of an experiment by default, seconds. */
export const DEFAULT_SECONDS = 120
/** Loss of a share such as the accuracy that is tolerated by default: half a point. */
export const DEFAULT_TOLERANCE = 0.005
/** Share of the loss, or of another metric that is none of the shares, by which it may become worse by default. */
export const DEFAULT_RELATIVE_TOLERANCE = 0.01

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))
const tolerance = v.pipe(v.number(), v.finite(), v.minValue(0))

/** Projects layers onto their eigenspaces after the training, and evaluates the model. */
const Project = v.object({
  kind: v.literal('project'),
  /** `DEFAULT_TOLERANCE` when missing. */
  tolerance: v.optional(tolerance),
  /** `DEFAULT_RELATIVE_TOLERANCE` when missing. */
  relativeTolerance: v.optional(tolerance),
  /** Seconds after which what is left is left out; `DEFAULT_SECONDS` when missing. */
  seconds: v.optional(positive),
})

/** Tries narrower networks after the training. */
const Prove = v.object({
  kind: v.literal('prove'),
  /** Seconds after which what is left is left out; `DEFAULT_SECONDS` when missing. */
  seconds: v.optional(positive),
  /** Parameters that one of the plans is to have at most; no such plan when missing. */
  parameters: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Floating-point operations for an example that one of the plans is to have at most; no such plan when missing. */
  flops: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** What earlier proofs have found, of which one may be of the same network; nothing when missing. */
  earlier: v.optional(v.array(EarlierProof)),
  /** By name: metrics of the network at the end of its training, as that run has recorded them. */
  recorded: v.optional(v.record(v.string(), v.number())),
})

/** Trains linear probes on the layers after the training. */
const Probe = v.object({
  kind: v.literal('probe'),
  /** Seconds after which what is left is left out; `DEFAULT_SECONDS` when missing. */
  seconds: v.optional(positive),
  /** Probes of earlier runs, of which one may be of the same network; nothing when missing. */
  earlier: v.optional(v.array(Probed)),
})

/** Compares the online covariance of a layer with the exact one after the training. */
const ExactCovariance = v.object({
  kind: v.literal('exact'),
  /** Id of the layer, or a pattern of names, in which `*` matches any characters. */
  layer: v.string(),
  /** Share of the variance that counted dimensions hold. */
  delta: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  /** Seconds after which the bootstrap ends; `DEFAULT_SECONDS` when missing. */
  seconds: v.optional(positive),
})

/** What is done with a model after it was trained, because a person has asked for it. */
export const Task = v.variant('kind', [Project, Prove, Probe, ExactCovariance])
export type Task = v.InferOutput<typeof Task>
export type ProveTask = v.InferOutput<typeof Prove>
export type ExactTask = v.InferOutput<typeof ExactCovariance>
export type ProbeTask = v.InferOutput<typeof Probe>
export type ProjectTask = v.InferOutput<typeof Project>
