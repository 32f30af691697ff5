import * as v from 'valibot'
import { clip } from './clip.ts'
import { Layer } from './layer.ts'
import { MeasureOptions } from './measureOptions.ts'
import { Embedding, Measurement, Sampling } from './measurement.ts'
import { Overrides } from './overrides.ts'
import { Proof } from './proof.ts'
import { Exact } from './trials/exact.ts'
import { Probed } from './trials/probe.ts'
import { Projected } from './trials/projection.ts'
import { count, finite, finiteOrNull, label, share, text, time, width } from './primitives.ts'

/**
 * The events that a training process reports and a run's log keeps. All views fold these events into a state
 * (`src/run/fold.ts`), so the schemas below are the contract between training process, session, views and command line.
 *
 * Values are validated with these schemas at every process boundary. The types are derived from the schemas.
 */

/** Version of the wire format. A reporter with another version is refused at the handshake. */
export const PROTOCOL = 1

const base = {
  /** Position among the events of the same author, counted from 0 without gaps. */
  seq: count,
  /** Author of the event: the training process, or the session that watches it. */
  by: v.picklist(['trainer', 'session']),
  /** Milliseconds since the Unix epoch. */
  time,
}

const RunStarted = v.object({
  ...base,
  type: v.literal('run started'),
  protocol: v.literal(PROTOCOL),
  script: text,
  /** Name of the script of package.json that was run; `script` is then the path of the package.json. */
  packageScript: v.optional(text),
  args: v.array(text),
  cwd: text,
  /** What is changed in the construction of layers; missing when nothing is. */
  overrides: v.optional(Overrides),
})

/** Entries of an `earlier widths` event at most. A search over many models has thousands of layers. */
export const MAX_EARLIER_WIDTHS = 1000

const EarlierWidth = v.object({
  /** Id of the layer. */
  layer: label,
  /** Width that the layer had. */
  width,
  /** Width that was estimated to do; null where the layer was narrowed by an override before one was estimated. */
  estimate: v.nullable(width),
})

/**
 * The session's note on layers that earlier runs of the script found underused: the width that each had when its
 * estimate was shown. A layer that is narrower now has been narrowed since.
 */
const EarlierWidths = v.object({
  ...base,
  type: v.literal('earlier widths'),
  layers: v.pipe(v.array(EarlierWidth), v.maxLength(MAX_EARLIER_WIDTHS)),
})

/** Entries of a `measured before` event at most. */
export const MAX_MEASURED_BEFORE = 10_000

const MeasuredLayer = v.object({
  measurement: Measurement,
  /** The latest windows that ended with enough observations: they show whether the width has settled. */
  windows: v.array(
    v.object({
      step: count,
      epoch: v.nullable(count),
      epochs: count,
      width,
      k: width,
      low: v.optional(width),
      k99: width,
      loss: finiteOrNull,
    }),
  ),
})

/** The session's note on what the run has measured whose weights are put in, where nothing is trained. */
const MeasuredBefore = v.object({
  ...base,
  type: v.literal('measured before'),
  /** That run, as the person has named it. */
  from: label,
  layers: v.pipe(v.array(MeasuredLayer), v.maxLength(MAX_MEASURED_BEFORE)),
})

/** The training process has met its first layer and knows its backend and versions. */
const Attached = v.object({
  ...base,
  type: v.literal('attached'),
  pid: count,
  /**
   * The process of the command that reports: its script and arguments as in `process.argv`, and its thread, 0 for the
   * main thread. Missing in logs of version 0.1.0.
   */
  process: v.optional(v.object({ script: text, args: v.array(text), thread: count })),
  delta: share,
  /** Versions by name: node, saturation-inspector, tfjs-core, tfjs-layers, and tfjs-node if it is used. */
  versions: v.record(label, label),
  backend: label,
  /** What is measured; missing when all options have their defaults. */
  measure: v.optional(MeasureOptions),
  /** The overrides of the run, as the process got them; missing when there are none. */
  overrides: v.optional(Overrides),
  /** False where weights of an earlier run are evaluated and no step changes any; missing where it trains. */
  trains: v.optional(v.boolean()),
})

/** A description of the layers, in the order of the forward pass. */
const Model = v.object({
  ...base,
  type: v.literal('model'),
  layers: v.array(Layer),
  /**
   * True when the list has only layers that are new or have changed; otherwise it replaces the earlier list. Without
   * this, a search over hundreds of models would list all earlier layers with each model.
   */
  partial: v.optional(v.boolean()),
  /**
   * Floating-point operations that a forward pass takes for one example, two for each multiply-add of a contraction;
   * missing where they are not known.
   */
  flops: v.optional(v.pipe(finite, v.minValue(0))),
})

/** The latest training step. Steps between two reports are not reported one by one. */
const Step = v.object({
  ...base,
  type: v.literal('step'),
  /** Number of the optimiser step since the start, counted from 1. */
  step: count,
  /** Epoch, counted from 0; null in a custom training loop, which has no known epochs. */
  epoch: v.nullable(count),
  epochs: v.nullable(count),
  stepInEpoch: v.nullable(count),
  stepsPerEpoch: v.nullable(count),
  /** Which call of `fit` it belongs to, counted from 1; missing in a loop by hand, and in logs of version 0.1.0. */
  fit: v.optional(count),
  /** True where that call validates after each epoch. */
  validates: v.optional(v.boolean()),
  /** Milliseconds since the step ended, where it is reported later: the last one of an epoch, after its validation. */
  ago: v.optional(v.pipe(finite, v.minValue(0), v.maxValue(8.64e15))),
  loss: finiteOrNull,
})

const Saturation = v.object({
  ...base,
  type: v.literal('saturation'),
  step: count,
  epoch: v.nullable(count),
  /**
   * True for the last report of a window, after which the window is reset. A window ends with an epoch. In training
   * without epochs it ends when it has enough observations.
   */
  endOfEpoch: v.boolean(),
  layers: v.array(Measurement),
})

/** Follows the `saturation` event at the end of a window if the option `embedding` asks for it. */
const Embedded = v.object({ ...base, type: v.literal('embedding'), ...Embedding.entries })

/** An epoch of `fit` ended with these logs (loss, acc, val_loss, …). */
const Epoch = v.object({
  ...base,
  type: v.literal('epoch'),
  epoch: count,
  step: count,
  metrics: v.record(label, finiteOrNull),
})

const Problem = v.object({
  ...base,
  type: v.literal('problem'),
  /** The layer concerned, null for the run. */
  layer: v.nullable(label),
  /** What is wrong. */
  message: label,
  /** What to do. */
  advice: label,
  /** True where the problem of this message was reported before and no longer holds; else missing. */
  withdrawn: v.optional(v.boolean()),
})

/** Layers of one `inherited` event at most. */
export const MAX_INHERITED_LAYERS = 10_000

const Inheritance = v.object({
  /** Name of the layer; several of one name are numbered in the order of their construction. */
  layer: label,
  /** `left`: as the program made it. */
  how: v.picklist(['copied', 'narrowed', 'grown', 'left']),
  /** Why it was left; null otherwise. */
  reason: v.nullable(label),
})

/** Layers have got the weights of an earlier run. Layers that are constructed later have an event of their own. */
const Inherited = v.object({
  ...base,
  type: v.literal('inherited'),
  /** The earlier run, as the person has named it. */
  from: label,
  layers: v.pipe(v.array(Inheritance), v.maxLength(MAX_INHERITED_LAYERS)),
})

/** What the run has learned was written beside its log. */
const WeightsKept = v.object({
  ...base,
  type: v.literal('weights kept'),
  /** Training steps by then. */
  step: count,
  /** Size of the weights. */
  bytes: count,
})

/** The trained model was written as a model of TensorFlow.js. */
const ModelSaved = v.object({
  ...base,
  type: v.literal('model saved'),
  /** Absolute path of the folder with its model.json. */
  folder: text,
})

/** Layers were projected onto their eigenspaces. Replaces the event before. */
const Projection = v.object({ ...base, type: v.literal('projection'), ...Projected.entries })

const Probe = v.object({ ...base, type: v.literal('probe'), ...Probed.entries })

/** What monitoring has taken so far, as a share of the training time, and of that the time on the training thread. */
const Overhead = v.object({
  ...base,
  type: v.literal('overhead'),
  share: v.pipe(finite, v.minValue(0)),
  monitorMs: finite,
  trainingMs: finite,
  /** Milliseconds that the worker thread spent on eigenvalues: in parallel to the training thread, on another core. */
  solverMs: v.optional(finite),
  /** The part of it that the training lost, because no core was idle; `share` counts it. Missing in logs of version 0.1.0. */
  solverTakenMs: v.optional(finite),
  /** Missing in logs of version 0.1.0. */
  sampling: v.optional(Sampling),
})

/** Narrower networks that were tried in the present one; replaces the event before. */
const Proven = v.object({ ...base, type: v.literal('proof'), ...Proof.entries })

/** Online covariances were compared with exact ones. Replaces the event before. */
const ExactCovariance = v.object({ ...base, type: v.literal('exact'), ...Exact.entries })

const RunEnded = v.object({
  ...base,
  type: v.literal('run ended'),
  how: v.picklist(['completed', 'failed', 'stopped', 'killed', 'lost']),
  exitCode: finiteOrNull,
  signal: v.nullable(label),
  /** A sentence for the user. */
  message: label,
})

export const RunEvent = v.variant('type', [
  RunStarted,
  EarlierWidths,
  MeasuredBefore,
  Attached,
  Model,
  Step,
  Saturation,
  Embedded,
  Epoch,
  Problem,
  Overhead,
  Proven,
  Inherited,
  WeightsKept,
  ModelSaved,
  Projection,
  Probe,
  ExactCovariance,
  RunEnded,
])

export type Inheritance = v.InferOutput<typeof Inheritance>
export type EarlierWidth = v.InferOutput<typeof EarlierWidth>
export type MeasuredLayer = v.InferOutput<typeof MeasuredLayer>
export type RunEvent = v.InferOutput<typeof RunEvent>

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** An event before its author adds `seq`, `by` and `time`. */
export type EventBody = DistributiveOmit<RunEvent, keyof typeof base>

/** Validates a value that crossed a process boundary. @returns the event, or a sentence that says what is malformed. */
export function parseEvent(value: unknown): { event: RunEvent } | { malformed: string } {
  const result = v.safeParse(RunEvent, value)
  if (result.success) return { event: result.output }
  const issue = result.issues[0]
  const path = v.getDotPath(issue)
  return { malformed: clip(path ? `${path}: ${issue.message}` : issue.message) }
}
