import type { Embedding, Layer, Measurement, RunEvent, Sampling } from '../protocol/events.ts'
import type { MeasureOptions } from '../protocol/measureOptions.ts'
import { isSettled } from './sufficiency.ts'
import { addPoint, emptySeries, type Series } from './series.ts'

/** A layer with the latest that is known of it, and its saturation over training steps. */
export interface LayerState extends Layer {
  train: Measurement | null
  eval: Measurement | null
  /** Step of the latest train measurement; null before the first. */
  measuredAtStep: number | null
  /** Saturation (k / width) of the train split over steps. */
  history: Series
  /** The latest train measurement with enough observations: each epoch's window begins with few. Null before the first. */
  settled: Measurement | null
  /** The latest embedding of each split, where any was asked for. */
  embedding: { train: Embedding | null; eval: Embedding | null }
}

export interface Problem {
  layer: string | null
  message: string
  advice: string
  time: number
  /** How often the same problem was reported. */
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

/** `starting` until the first training step, `training` until the run ends. */
export type Phase = 'starting' | 'training' | 'ended'

/** Everything a person can see of a run. Plain JSON: it is sent to views as a snapshot. */
export interface RunState {
  phase: Phase
  script: string
  /** Name of the script of package.json that was run; null where a script itself was. */
  packageScript: string | null
  args: string[]
  cwd: string
  /** Milliseconds since the Unix epoch; null before the event came. */
  startedAt: number | null
  /** Time of the first training step, from which the time left is estimated. */
  firstStepAt: number | null
  lastEventAt: number | null
  attached: {
    pid: number
    process?: { script: string; args: string[]; thread: number } | undefined
    delta: number
    versions: Record<string, string>
    backend: string
    measure?: MeasureOptions | undefined
  } | null
  layers: LayerState[]
  progress: Progress | null
  /** Training loss over steps. */
  loss: Series
  /** Per metric name (acc, val_acc, val_loss, …), the values at the epochs' ends over steps. */
  metrics: Record<string, Series>
  problems: Problem[]
  overhead: { share: number; monitorMs: number; trainingMs: number; sampling: Sampling | null } | null
  ended: {
    how: 'completed' | 'failed' | 'stopped' | 'killed' | 'lost'
    exitCode: number | null
    signal: string | null
    message: string
    time: number
  } | null
  /** Next `seq` expected of each author; what lies below was folded already. */
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
    startedAt: null,
    firstStepAt: null,
    lastEventAt: null,
    attached: null,
    layers: [],
    progress: null,
    loss: emptySeries(),
    metrics: {},
    problems: [],
    overhead: null,
    ended: null,
    next: { trainer: 0, session: 0 },
  }
}

/**
 * Folds one event into the state, in place: the one reducer behind lens, panel, status bar, terminal and report.
 * An event that was folded before (a reporter repeats what was not acknowledged) changes nothing.
 * @returns false when the event was such a repetition.
 */
export function fold(run: RunState, event: RunEvent): boolean {
  if (event.seq < run.next[event.by]) return false
  run.next[event.by] = event.seq + 1
  run.lastEventAt = event.time
  switch (event.type) {
    case 'run started':
      run.script = event.script
      run.packageScript = event.packageScript ?? null
      run.args = event.args
      run.cwd = event.cwd
      run.startedAt = event.time
      return true
    case 'attached':
      run.attached = {
        pid: event.pid,
        process: event.process,
        delta: event.delta,
        versions: event.versions,
        backend: event.backend,
        measure: event.measure,
      }
      return true
    case 'model':
      run.layers = event.partial
        ? amended(run.layers, event.layers)
        : event.layers.map((layer) => withHistory(layer, run.layers))
      return true
    case 'step': {
      run.phase = run.ended ? 'ended' : 'training'
      run.firstStepAt ??= event.time
      const { step, epoch, epochs, stepInEpoch, stepsPerEpoch, loss } = event
      run.progress = { step, epoch, epochs, stepInEpoch, stepsPerEpoch, loss }
      addPoint(run.loss, step, loss)
      return true
    }
    case 'saturation':
      for (const measurement of event.layers) foldMeasurement(run, measurement, event)
      return true
    case 'embedding': {
      const { layer, split, step, epoch, held, points } = event
      const known = run.layers.find(({ id }) => id === layer)
      if (known) known.embedding[split] = { layer, split, step, epoch, held, points }
      return true
    }
    case 'epoch':
      for (const [name, value] of Object.entries(event.metrics)) {
        // A metric may be called like something that every object inherits.
        if (!Object.hasOwn(run.metrics, name)) run.metrics[name] = emptySeries()
        addPoint(run.metrics[name]!, event.step, value)
      }
      return true
    case 'problem': {
      const same = run.problems.find((p) => p.layer === event.layer && p.message === event.message)
      if (same) same.times++
      else
        run.problems.push({
          layer: event.layer,
          message: event.message,
          advice: event.advice,
          time: event.time,
          times: 1,
        })
      return true
    }
    case 'overhead':
      run.overhead = {
        share: event.share,
        monitorMs: event.monitorMs,
        trainingMs: event.trainingMs,
        sampling: event.sampling ?? null,
      }
      return true
    case 'run ended': {
      // The process itself can say best why it ends, unless it did not know yet: the user's last exit listener may
      // set another code, and that a stop was asked for is the session's knowledge.
      const { how, exitCode, signal, message, time } = event
      const knowsBetter = how === 'stopped' || (exitCode !== null && exitCode !== run.ended?.exitCode)
      if (!run.ended || (event.by === 'session' && knowsBetter)) run.ended = { how, exitCode, signal, message, time }
      run.phase = 'ended'
      return true
    }
  }
}

/** The layers with what is new of some of them; those not known yet come last. */
function amended(before: readonly LayerState[], news: readonly Layer[]): LayerState[] {
  const changed = new Map(news.map((layer) => [layer.id, layer]))
  const known = before.map((layer) => {
    const change = changed.get(layer.id)
    changed.delete(layer.id)
    return change ? { ...layer, ...change } : layer
  })
  return [...known, ...[...changed.values()].map((layer) => withHistory(layer, []))]
}

function withHistory(layer: Layer, before: LayerState[]): LayerState {
  const known = before.find((l) => l.id === layer.id)
  if (known) return { ...known, ...layer }
  return {
    ...layer,
    train: null,
    eval: null,
    measuredAtStep: null,
    history: emptySeries(),
    settled: null,
    embedding: { train: null, eval: null },
  }
}

function foldMeasurement(run: RunState, measurement: Measurement, at: { step: number }): void {
  const layer = run.layers.find((l) => l.id === measurement.layer)
  if (!layer) return
  if (measurement.split === 'eval') {
    layer.eval = measurement
    return
  }
  layer.train = measurement
  layer.measuredAtStep = at.step
  if (isSettled(measurement)) layer.settled = measurement
  addPoint(layer.history, at.step, measurement.status === 'ok' ? measurement.k / measurement.width : null)
}

/** Saturation of a measurement in [0, 1]: k / width (arXiv 2006.08679); null where k is not defined. */
export function saturationOf(measurement: Measurement | null): number | null {
  if (!measurement || measurement.status === 'tooFew' || (measurement.status === 'nonFinite' && measurement.k === 0))
    return null
  return measurement.k / measurement.width
}
