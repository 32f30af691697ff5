import type { EarlierWidth, Inheritance, MeasuredLayer } from '../protocol/events.ts'
import type { Embedding, Measurement, Sampling } from '../protocol/measurement.ts'
import type { Layer } from '../protocol/layer.ts'
import type { MeasureOptions } from '../protocol/measureOptions.ts'
import type { Proof } from '../protocol/proof.ts'
import type { Exact } from '../protocol/trials/exact.ts'
import type { Probed } from '../protocol/trials/probe.ts'
import type { Projected } from '../protocol/trials/projection.ts'
import type { Override } from '../protocol/overrides.ts'
import type { EndedWindow } from './endedWindows.ts'
import type { FitPace } from './fitPace.ts'
import { emptySeries, type Series } from './series.ts'

/** A layer with its latest measurements, and its saturation over training steps. */
export interface LayerState extends Layer {
  /** The layer as earlier runs of the script had it, where they estimated a smaller width for it; else null. */
  earlier: EarlierWidth | null
  train: Measurement | null
  eval: Measurement | null
  /** The train measurement of the run whose weights were put in, where this one trains nothing; else null. */
  before: Measurement | null
  /** Step of the latest train measurement; null before the first. */
  measuredAtStep: number | null
  /** Saturation (k / width) of the train split over steps. */
  history: Series
  /**
   * The latest train measurement with enough observations. `train` may have too few, because each epoch begins a new
   * window. Null before the first.
   */
  sufficient: Measurement | null
  /** The latest windows of the train split that ended with enough observations, at most `MAX_ENDED_WINDOWS`. */
  windows: EndedWindow[]
  /** The latest embedding of each split; null before the first, or when none are asked for. */
  embedding: { train: Embedding | null; eval: Embedding | null }
}

export interface Problem {
  layer: string | null
  message: string
  advice: string
  time: number
  /** Number of times that the same problem was reported. */
  times: number
}

export interface Progress {
  step: number
  epoch: number | null
  epochs: number | null
  stepInEpoch: number | null
  stepsPerEpoch: number | null
  loss: number | null
}

/** The end of an epoch. */
export interface EndedEpoch {
  /** Counted from 0. */
  epoch: number
  /** Optimiser steps by then. */
  step: number
  /** Milliseconds since the Unix epoch. */
  time: number
  /** Null for a value that was not finite. */
  metrics: Record<string, number | null>
}

/** `starting` until the first training step, `training` until the run ends. */
export type Phase = 'starting' | 'training' | 'ended'

/** Everything that the views show of a run. Plain JSON, because views get it as a snapshot. */
export interface RunState {
  phase: Phase
  script: string
  /** Name of the script of package.json that was run; null when a script file or program was run. */
  packageScript: string | null
  args: string[]
  cwd: string
  /** What is changed in the construction of its layers. */
  overrides: Override[]
  /** The layers that earlier runs of the script found underused, with the widths that they had. */
  earlierWidths: EarlierWidth[]
  /** What the run has measured whose weights were put in, where nothing is trained; null where that is not known. */
  measuredBefore: { from: string; layers: MeasuredLayer[] } | null
  /** Milliseconds since the Unix epoch; null before the `run started` event. */
  startedAt: number | null
  /** Time of the first training step, in milliseconds since the Unix epoch. The remaining time is estimated from it. */
  firstStepAt: number | null
  lastEventAt: number | null
  attached: {
    pid: number
    process?: { script: string; args: string[]; thread: number } | undefined
    delta: number
    versions: Record<string, string>
    backend: string
    measure?: MeasureOptions | undefined
    /** False where weights of an earlier run are evaluated, and nothing is trained. */
    trains?: boolean | undefined
  } | null
  layers: LayerState[]
  /** Floating-point operations that a forward pass takes for one example; null where they are not known. */
  flops: number | null
  progress: Progress | null
  /** Null before the first call of `fit`, in a loop by hand, and in logs of version 0.1.0. */
  fit: FitPace | null
  /** Training loss over steps. */
  loss: Series
  /** By metric name (acc, val_acc, val_loss, …): the values at the ends of the epochs, over steps. */
  metrics: Record<string, Series>
  /** The end of the latest epoch of `fit`; null before the first, and in training without epochs. */
  lastEpoch: EndedEpoch | null
  problems: Problem[]
  /** Narrower networks that were tried in the trained one; null where none were. */
  proof: Proof | null
  /** How good the model is while its layers are projected; null where that was not asked for, or could not be tried. */
  projection: Projected | null
  /** Exact covariances of layers at the end of the training; null where that was not asked for. */
  exact: Exact | null
  /** What linear probes find in the layers; null where that was not asked for, or could not be tried. */
  probe: Probed | null
  overhead: { share: number; monitorMs: number; trainingMs: number; sampling: Sampling | null } | null
  /** The earlier run that it has its first weights from, and what became of each layer; null where it inherits none. */
  inherited: { from: string; layers: Inheritance[] } | null
  /** The weights that were kept last; null before any were. */
  weights: { step: number; bytes: number } | null
  /** Absolute path of the folder that the trained model was saved to last; null where it was not. */
  savedModel: string | null
  ended: {
    how: 'completed' | 'failed' | 'stopped' | 'killed' | 'lost'
    exitCode: number | null
    signal: string | null
    message: string
    time: number
  } | null
  /** Next `seq` expected of each author; events with a lower `seq` have been folded. */
  next: { trainer: number; session: number }
}

/** The state before the first event. */
export function emptyRun(): RunState {
  return {
    phase: 'starting',
    script: '',
    packageScript: null,
    args: [],
    cwd: '',
    overrides: [],
    earlierWidths: [],
    measuredBefore: null,
    startedAt: null,
    firstStepAt: null,
    lastEventAt: null,
    attached: null,
    layers: [],
    flops: null,
    progress: null,
    fit: null,
    loss: emptySeries(),
    metrics: {},
    lastEpoch: null,
    problems: [],
    proof: null,
    projection: null,
    probe: null,
    exact: null,
    overhead: null,
    inherited: null,
    weights: null,
    savedModel: null,
    ended: null,
    next: { trainer: 0, session: 0 },
  }
}

/** Saturation of a measurement in [0, 1]: k / width (arXiv 2006.08679); null when k is not defined. */
export function saturationOf(measurement: Measurement | null): number | null {
  if (!measurement || measurement.status === 'tooFew' || (measurement.status === 'nonFinite' && measurement.k === 0))
    return null
  return measurement.k / measurement.width
}
