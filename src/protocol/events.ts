import * as v from 'valibot'
import { clip } from './clip.ts'
import { MeasureOptions } from './measureOptions.ts'

/**
 * What a training process reports and a run's log keeps. Everything a person sees is a fold of these events
 * (`state.ts`), so the shapes below are the contract between trainer, session, views and command line.
 *
 * Every process boundary validates with these schemas; the types are derived from them so that they cannot drift apart.
 */

/** Version of the wire format; a reporter with another one is refused at the handshake. */
export const PROTOCOL = 1

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** Linux allows a command-line argument of 128 KiB, and nothing that a run is made of is longer. */
const text = v.pipe(v.string(), v.maxLength(200_000))
/** JSON reads 1e999 as infinity, and would write it as null. */
const finite = v.pipe(v.number(), v.finite())
/** JSON knows no NaN or infinity; a value that is not finite travels as null. */
const finiteOrNull = v.nullable(finite)

/** A place in the user's source: absolute path, line and column counted from 1. */
const Site = v.object({ file: text, line: count, column: count })

/** Passes are kept apart: forward passes inside a training step, and those of validation or `evaluate`. */
const Split = v.picklist(['train', 'eval'])

const Layer = v.object({
  /** Unique within the run; the layer's name, suffixed when two models reuse one. */
  id: text,
  name: text,
  /** Class name as TensorFlow.js gives it, e.g. `Conv2D`. */
  kind: text,
  /** Where the user's code constructed it; null when no user frame was on the stack (a loaded model). */
  site: v.nullable(Site),
  /** Number of features: units, filters, or channels of the output's last axis. Null while unknown. */
  width: v.nullable(count),
  /** Name of the config property that sets the width, null when the width is not free to choose. */
  widthProperty: v.nullable(v.picklist(['units', 'filters', 'outputDim'])),
  /** Output shape with null for the batch axis. */
  outputShape: v.nullable(v.array(v.nullable(count))),
  /** Number of weights. */
  parameters: count,
  /** Activation fused into the layer: the measured output is taken after it. Null or `linear` means none. */
  activation: v.nullable(text),
  /** Ids of the layers feeding this one, for coupling. */
  inbound: v.array(text),
  /** True for a layer whose output is an output of the model: never advised on. */
  isOutput: v.boolean(),
  /** Why the layer is not measured; null when it is. */
  notMeasured: v.nullable(text),
})

const Spectrum = v.object({
  /** Largest eigenvalues of the population covariance, descending. All of them up to 512. */
  head: v.array(finite),
  /** What was left out of the head: bins of `count` smaller eigenvalues summing to `sum`, descending. */
  tail: v.array(v.object({ count, sum: finite })),
})

const Measurement = v.object({
  layer: text,
  split: Split,
  width: count,
  /** Feature vectors that entered the covariance, in the current window. */
  observations: count,
  /** Feature vectors the layer produced in the same window; observations / seen is the sampled share. */
  seen: count,
  /** Smallest number of largest eigenvalues holding at least `delta` of the trace. */
  k: count,
  /**
   * What k lies between where it is an estimate from a sketch: the layer is too wide for its covariance to be kept, or the
   * process has ended before all eigenvalues could be found. Missing where k is exact.
   */
  bounds: v.optional(v.object({ low: count, high: count })),
  delta: finite,
  /** Trace of the covariance: total variance. */
  trace: finiteOrNull,
  /**
   * ok: k is defined. constant: no variance, k = 0. tooFew: fewer than two observations, k = 0.
   * nonFinite: NaN or infinity in the features; batches holding them are left out of the covariance.
   */
  status: v.picklist(['ok', 'constant', 'tooFew', 'nonFinite']),
  /** Observations left out because their batch held NaN or infinity. */
  rejected: count,
  /**
   * Training steps over which the window reaches, from 1, and how many epochs these are, the present one included; 0
   * where none are known. Missing in logs of version 0.1.0.
   */
  steps: v.optional(v.object({ first: count, last: count, epochs: count })),
  spectrum: Spectrum,
})

/** A sample of a window's feature vectors in the eigenspace of its covariance. */
const Embedding = v.object({
  layer: text,
  split: Split,
  step: count,
  epoch: v.nullable(count),
  /** Share of the trace that each component holds, in [0, 1]; as many as there are components. */
  held: v.array(finite),
  /**
   * A feature vector each, in the order in which they came: its deviation from the window's mean along the eigenvectors of
   * the largest eigenvalues. Each eigenvector's entry of largest magnitude is positive.
   */
  points: v.array(v.array(finite)),
})

const base = {
  /** Position among the events of its author, counted from 0 without gaps. */
  seq: count,
  /** Who wrote it: the training process, or the session that watches it. */
  by: v.picklist(['trainer', 'session']),
  /** Milliseconds since the Unix epoch. */
  time: finite,
}

const RunStarted = v.object({
  ...base,
  type: v.literal('run started'),
  protocol: v.literal(PROTOCOL),
  script: text,
  /** Name of the script of package.json that was run; `script` is the path of that file then. */
  packageScript: v.optional(text),
  args: v.array(text),
  cwd: text,
})

/** The training process has met its first layer and knows what it runs on. */
const Attached = v.object({
  ...base,
  type: v.literal('attached'),
  pid: count,
  /**
   * The process within the command that was started: its script and arguments as in `process.argv`, and its thread, 0
   * for the main thread. Missing in logs of version 0.1.0.
   */
  process: v.optional(v.object({ script: text, args: v.array(text), thread: count })),
  delta: finite,
  /** Versions by name: node, saturation-inspector, tfjs-core, tfjs-layers, tfjs-node where there is one. */
  versions: v.record(v.string(), text),
  backend: text,
  /** What is measured; missing where it is the definition. */
  measure: v.optional(MeasureOptions),
})

/** Layers in the order of the forward pass. */
const Model = v.object({
  ...base,
  type: v.literal('model'),
  layers: v.array(Layer),
  /**
   * True where these are only the layers that are new or have changed: a search over hundreds of models would else list all
   * of them with each. Otherwise the list replaces the earlier one.
   */
  partial: v.optional(v.boolean()),
})

/** Training steps since the last report, coalesced to the latest. */
const Step = v.object({
  ...base,
  type: v.literal('step'),
  /** Optimiser steps since the start, counted from 1. */
  step: count,
  /** Epoch counted from 0; null in a custom loop, where no epochs are known. */
  epoch: v.nullable(count),
  epochs: v.nullable(count),
  stepInEpoch: v.nullable(count),
  stepsPerEpoch: v.nullable(count),
  loss: finiteOrNull,
})

const Saturation = v.object({
  ...base,
  type: v.literal('saturation'),
  step: count,
  epoch: v.nullable(count),
  /** True for the last report of a window, before it is reset at an epoch's end. */
  endOfEpoch: v.boolean(),
  layers: v.array(Measurement),
})

/** At the end of a window, where the option `embedding` asks for it: behind the window's `saturation`. */
const Embedded = v.object({ ...base, type: v.literal('embedding'), ...Embedding.entries })

/** An epoch of `fit` ended with these logs (loss, acc, val_loss, …). */
const Epoch = v.object({
  ...base,
  type: v.literal('epoch'),
  epoch: count,
  step: count,
  metrics: v.record(v.string(), finiteOrNull),
})

const Problem = v.object({
  ...base,
  type: v.literal('problem'),
  /** The layer concerned, null for the run. */
  layer: v.nullable(text),
  /** What is wrong. */
  message: text,
  /** What to do. */
  advice: text,
})

/** How much of the layers' output is measured at present: what the budget has given up shows here. */
const Sampling = v.object({
  /** Rows of a layer's output per step, as a multiple of its width; null when all are taken. */
  rowsPerFeature: v.nullable(v.number()),
  /** A layer is measured in every n-th step on average; fractions count. */
  layerStride: v.pipe(v.number(), v.minValue(1)),
})

/** Wall-clock time spent in the monitor on the training thread, as a share of training time so far. */
const Overhead = v.object({
  ...base,
  type: v.literal('overhead'),
  share: v.pipe(finite, v.minValue(0)),
  monitorMs: finite,
  trainingMs: finite,
  /** Time the worker thread spent on eigenvalues: not on the training thread, but on one of its cores. */
  solverMs: v.optional(finite),
  /** Missing in logs of version 0.1.0. */
  sampling: v.optional(Sampling),
})

const RunEnded = v.object({
  ...base,
  type: v.literal('run ended'),
  how: v.picklist(['completed', 'failed', 'stopped', 'killed', 'lost']),
  exitCode: finiteOrNull,
  signal: v.nullable(text),
  /** One sentence for the user. */
  message: text,
})

export const RunEvent = v.variant('type', [
  RunStarted,
  Attached,
  Model,
  Step,
  Saturation,
  Embedded,
  Epoch,
  Problem,
  Overhead,
  RunEnded,
])

export type Site = v.InferOutput<typeof Site>
export type Split = v.InferOutput<typeof Split>
export type Layer = v.InferOutput<typeof Layer>
export type Spectrum = v.InferOutput<typeof Spectrum>
export type Sampling = v.InferOutput<typeof Sampling>
export type Measurement = v.InferOutput<typeof Measurement>
export type Embedding = v.InferOutput<typeof Embedding>
export type RunEvent = v.InferOutput<typeof RunEvent>

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** An event before its author stamps it with `seq`, `by` and `time`. */
export type EventBody = DistributiveOmit<RunEvent, keyof typeof base>

/**
 * Checks one value that crossed a process boundary.
 * @returns the event, or a sentence saying what is malformed about it.
 */
export function parseEvent(value: unknown): { event: RunEvent } | { malformed: string } {
  const result = v.safeParse(RunEvent, value)
  if (result.success) return { event: result.output }
  const issue = result.issues[0]
  const path = v.getDotPath(issue)
  return { malformed: clip(path ? `${path}: ${issue.message}` : issue.message) }
}
