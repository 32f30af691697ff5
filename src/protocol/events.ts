import * as v from 'valibot'
import { clip } from './clip.ts'
import { MeasureOptions } from './measureOptions.ts'
import { Overrides } from './overrides.ts'

/**
 * The events that a training process reports and a run's log keeps. All views fold these events into a state
 * (`src/run/fold.ts`), so the schemas below are the contract between training process, session, views and command line.
 *
 * Values are validated with these schemas at every process boundary. The types are derived from the schemas.
 */

/** Version of the wire format. A reporter with another version is refused at the handshake. */
export const PROTOCOL = 1

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** A text. The longest one in an event is a command-line argument, which Linux limits to 128 KiB. */
const text = v.pipe(v.string(), v.maxLength(200_000))
/** A finite number: JSON.parse reads 1e999 as infinity, which JSON.stringify would write as null. */
const finite = v.pipe(v.number(), v.finite())
/** A number that is null when it is not finite, because JSON has no NaN or infinity. */
const finiteOrNull = v.nullable(finite)

/** A position in the user's source: absolute path, line and column counted from 1. */
const Site = v.object({ file: text, line: count, column: count })

/** The kind of forward pass: inside a training step (`train`), or in validation or `evaluate` (`eval`). */
const Split = v.picklist(['train', 'eval'])

const Layer = v.object({
  /** Unique within the run: the layer's name, with a suffix if several models have a layer of that name. */
  id: text,
  name: text,
  /** Class name as TensorFlow.js gives it, e.g. `Conv2D`. */
  kind: text,
  /** Where the user's code constructed the layer; null if the call stack had no frame of it (a loaded model). */
  site: v.nullable(Site),
  /** Number of features: units, filters, or channels of the output's last axis. Null while unknown. */
  width: v.nullable(count),
  /** The width that the source gives the layer, where an override has given it another; missing otherwise. */
  sourceWidth: v.optional(count),
  /** Name of the config property that sets the width; null when the width cannot be chosen. */
  widthProperty: v.nullable(v.picklist(['units', 'filters', 'outputDim'])),
  /** Output shape with null for the batch axis. */
  outputShape: v.nullable(v.array(v.nullable(count))),
  /** Number of weights. */
  parameters: count,
  /** Activation fused into the layer; null or `linear` means none. The output is measured after it by default. */
  activation: v.nullable(text),
  /** Ids of the layers whose output is an input of this one. Layers with coupled widths are found by them. */
  inbound: v.array(text),
  /** True for a layer whose output is an output of the model. Such a layer gets no advice. */
  isOutput: v.boolean(),
  /** Why the layer is not measured; null when it is. */
  notMeasured: v.nullable(text),
  /**
   * The layers that have to have one width, as the operations of a training step show. Missing for a layer that does
   * not choose its width, and where no step was traced.
   */
  group: v.optional(
    v.object({
      /** The same for all layers of the group: the id of one of them. */
      id: text,
      /** What gives the width: inputs or labels, a number in the program's code, or weights that no step trains. */
      given: v.nullable(v.picklist(['data', 'constant', 'weights'])),
      /** A function of TensorFlow.js that the features go to and that may need their number; null when there is none. */
      unknown: v.nullable(text),
      /** The width has to be `offset + multiple · n` for n = 1, 2, …: the multiple that is missing is 1, the offset 0. */
      multiple: v.optional(v.pipe(count, v.minValue(1))),
      offset: v.optional(count),
    }),
  ),
  /**
   * What limits the number of its independent features, where that is less than its width: they are sums over few inputs,
   * or the rows of a small table. Missing where nothing does.
   */
  limit: v.optional(
    v.object({
      /** Number of inputs, classes, or entries of the vocabulary. */
      count,
      by: v.picklist(['inputs', 'classes', 'vocabulary', 'layer']),
      /** Id of the layer whose width it is; null unless `by` is `layer`. */
      layer: v.nullable(text),
    }),
  ),
  /**
   * Id of the activation layer behind which it is measured, because it applies none itself and nothing else takes its
   * output. Missing where its own output is measured.
   */
  measuredBehind: v.optional(text),
  /**
   * True where the loss takes its features, and other layers do as well, as with the mean of a latent space. Missing for
   * others.
   */
  reachesLoss: v.optional(v.boolean()),
})

const Spectrum = v.object({
  /** The largest eigenvalues of the population covariance, descending; all of them for a width up to 512. */
  head: v.array(finite),
  /**
   * The eigenvalues that `head` leaves out, in bins, descending: each bin has the number and sum of its eigenvalues.
   */
  tail: v.array(v.object({ count, sum: finite })),
})

const Measurement = v.object({
  layer: text,
  split: Split,
  width: count,
  /** Feature vectors in the covariance, in the current window. */
  observations: count,
  /** Feature vectors that the layer produced in the same window; observations / seen is the sampled share. */
  seen: count,
  /** Smallest number k such that the k largest eigenvalues hold at least the share `delta` of the trace. */
  k: count,
  /**
   * Bounds of k when it is an estimate: the layer is too wide for its covariance to be kept, so that a sketch was used,
   * or the process ended before all eigenvalues were computed. Missing when k is exact.
   */
  bounds: v.optional(v.object({ low: count, high: count })),
  delta: finite,
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
const Embedding = v.object({
  layer: text,
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

const base = {
  /** Position among the events of the same author, counted from 0 without gaps. */
  seq: count,
  /** Author of the event: the training process, or the session that watches it. */
  by: v.picklist(['trainer', 'session']),
  /** Milliseconds since the Unix epoch. */
  time: finite,
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
  layer: text,
  /** Width that the layer had. */
  width: count,
  /** Width that was estimated to do; null where the layer was narrowed by an override before one was estimated. */
  estimate: v.nullable(count),
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
  delta: finite,
  /** Versions by name: node, saturation-inspector, tfjs-core, tfjs-layers, and tfjs-node if it is used. */
  versions: v.record(v.string(), text),
  backend: text,
  /** What is measured; missing when all options have their defaults. */
  measure: v.optional(MeasureOptions),
  /** The overrides of the run, as the process got them; missing when there are none. */
  overrides: v.optional(Overrides),
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
  loss: finiteOrNull,
})

const Saturation = v.object({
  ...base,
  type: v.literal('saturation'),
  step: count,
  epoch: v.nullable(count),
  /** True for the last report of an epoch, after which the window is reset. */
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

/** How much of the layers' output is measured at present; less than all when the budget requires it. */
const Sampling = v.object({
  /** Rows of a layer's output that are measured per step, as a multiple of its width; null for all rows. */
  rowsPerFeature: v.nullable(v.number()),
  /** A layer is measured in every n-th step on average; n may be a fraction. */
  layerStride: v.pipe(v.number(), v.minValue(1)),
})

/** The monitor's wall-clock time on the training thread, and its share of the training time so far. */
const Overhead = v.object({
  ...base,
  type: v.literal('overhead'),
  share: v.pipe(finite, v.minValue(0)),
  monitorMs: finite,
  trainingMs: finite,
  /** Milliseconds that the worker thread spent on eigenvalues: in parallel to the training thread, on another core. */
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
  /** A sentence for the user. */
  message: text,
})

export const RunEvent = v.variant('type', [
  RunStarted,
  EarlierWidths,
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
export type EarlierWidth = v.InferOutput<typeof EarlierWidth>
export type Spectrum = v.InferOutput<typeof Spectrum>
export type Sampling = v.InferOutput<typeof Sampling>
export type Measurement = v.InferOutput<typeof Measurement>
export type Embedding = v.InferOutput<typeof Embedding>
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
