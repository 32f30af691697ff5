import type { EarlierWidth, RunEvent } from '../protocol/events.ts'
import type { Layer } from '../protocol/layer.ts'
import type { Measurement } from '../protocol/measurement.ts'
import { endedWindow, MAX_ENDED_WINDOWS } from './endedWindows.ts'
import { paceAfterEpoch, paceAfterStep } from './fitPace.ts'
import { addPoint, emptySeries } from './series.ts'
import { positionOf } from './layerIndex.ts'
import type { LayerState, RunState } from './state.ts'
import { isSufficient } from './sufficiency.ts'

/**
 * Folds one event into the state, in place. This is the reducer behind lenses, panel, status bar, terminal and report.
 * It is idempotent: an event that was folded before changes nothing (a reporter repeats what was not acknowledged).
 * @returns false when the event was folded before.
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
      run.overrides = event.overrides ?? []
      run.startedAt = event.time
      return true
    case 'earlier widths':
      run.earlierWidths = event.layers
      for (const layer of run.layers) layer.earlier = earlierOf(run, layer)
      return true
    case 'measured before':
      run.measuredBefore = { from: event.from, layers: event.layers }
      run.layers = run.layers.map((layer) => ({ ...layer, ...beforeOf(run, layer) }))
      return true
    case 'attached':
      run.overrides = event.overrides ?? run.overrides
      run.attached = {
        pid: event.pid,
        process: event.process,
        delta: event.delta,
        versions: event.versions,
        backend: event.backend,
        measure: event.measure,
        trains: event.trains,
      }
      return true
    case 'model':
      if (event.partial) change(run, event.layers)
      else run.layers = event.layers.map((layer) => withHistory(layer, run))
      run.flops = event.flops ?? run.flops
      return true
    case 'step': {
      run.phase = run.ended ? 'ended' : 'training'
      run.firstStepAt ??= event.time
      const { step, epoch, epochs, stepInEpoch, stepsPerEpoch, loss } = event
      run.progress = { step, epoch, epochs, stepInEpoch, stepsPerEpoch, loss }
      run.fit = paceAfterStep(run.fit, event)
      addPoint(run.loss, step, loss)
      return true
    }
    case 'saturation':
      for (const measurement of event.layers) foldMeasurement(run, measurement, event)
      return true
    case 'embedding': {
      const { layer, split, step, epoch, held, points } = event
      const known = run.layers[positionOf(run.layers, layer)]
      if (known) known.embedding[split] = { layer, split, step, epoch, held, points }
      return true
    }
    case 'epoch':
      for (const [name, value] of Object.entries(event.metrics)) {
        // A metric may have the name of a member that every object inherits, such as toString.
        if (!Object.hasOwn(run.metrics, name)) run.metrics[name] = emptySeries()
        addPoint(run.metrics[name]!, event.step, value)
      }
      run.fit = paceAfterEpoch(run.fit, event)
      run.lastEpoch = { epoch: event.epoch, step: event.step, time: event.time, metrics: event.metrics }
      return true
    case 'problem': {
      const same = run.problems.find((p) => p.layer === event.layer && p.message === event.message)
      if (event.withdrawn === true) {
        run.problems = run.problems.filter((problem) => problem !== same)
        return true
      }
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
    case 'proof': {
      const { seq: _seq, by: _by, time: _time, type: _type, ...proof } = event
      // A proof that goes on tells only which networks it has tried since.
      const before = run.proof !== null && run.proof.evaluations <= proof.evaluations ? run.proof.tried : undefined
      const tried = before || proof.tried ? { tried: [...(before ?? []), ...(proof.tried ?? [])] } : {}
      run.proof = { ...proof, ...tried }
      return true
    }
    case 'projection': {
      const { seq: _seq, by: _by, time: _time, type: _type, ...projection } = event
      run.projection = projection
      return true
    }
    case 'exact': {
      const { seq: _seq, by: _by, time: _time, type: _type, ...exact } = event
      run.exact = exact
      return true
    }
    case 'probe': {
      const { seq: _seq, by: _by, time: _time, type: _type, ...probe } = event
      run.probe = probe
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
    case 'inherited':
      run.inherited = { from: event.from, layers: [...(run.inherited?.layers ?? []), ...event.layers] }
      return true
    case 'weights kept':
      run.weights = { step: event.step, bytes: event.bytes }
      return true
    case 'model saved':
      run.savedModel = event.folder
      return true
    case 'run ended': {
      // The process itself knows best why it ended, with two exceptions that only the session knows: an exit listener
      // may have set another exit code after the process reported, and a person may have asked to stop the run.
      const { how, exitCode, signal, message, time } = event
      const sessionKnowsBetter = how === 'stopped' || (exitCode !== null && exitCode !== run.ended?.exitCode)
      if (!run.ended || (event.by === 'session' && sessionKnowsBetter))
        run.ended = { how, exitCode, signal, message, time }
      run.phase = 'ended'
      if (run.proof?.phase === 'running') run.proof = { ...run.proof, phase: 'cancelled' }
      return true
    }
  }
}

/** Updates the layers that have changed, and appends those that are new. */
function change(run: RunState, changes: readonly Layer[]): void {
  for (const layer of changes) {
    const position = positionOf(run.layers, layer.id)
    if (position < 0) run.layers.push(newLayer(layer, run))
    else run.layers[position] = changedTo(layer, run.layers[position]!, run)
  }
}

/**
 * A layer as it is described now, with its measurements. Those taken elsewhere, before instead of behind an activation,
 * are of other numbers and are dropped.
 */
function changedTo(layer: Layer, known: LayerState, run: RunState): LayerState {
  if (layer.measuredBehind !== known.measuredBehind) return newLayer(layer, run)
  const { earlier, train, eval: evaluation, before, measuredAtStep, history, sufficient, windows, embedding } = known
  return { ...layer, earlier, train, eval: evaluation, before, measuredAtStep, history, sufficient, windows, embedding }
}

/** A described layer with the measurements that it had before, if any. */
function withHistory(layer: Layer, run: RunState): LayerState {
  const known = run.layers[positionOf(run.layers, layer.id)]
  return known ? changedTo(layer, known, run) : newLayer(layer, run)
}

function newLayer(layer: Layer, run: RunState): LayerState {
  return {
    ...layer,
    earlier: earlierOf(run, layer),
    train: null,
    eval: null,
    measuredAtStep: null,
    history: emptySeries(),
    sufficient: null,
    ...beforeOf(run, layer),
    embedding: { train: null, eval: null },
  }
}

function earlierOf({ earlierWidths }: RunState, { id }: Layer): EarlierWidth | null {
  return earlierWidths.find(({ layer }) => layer === id) ?? null
}

/** What the run has measured of a layer whose weights were put in. */
function beforeOf({ measuredBefore }: RunState, { id, width }: Layer): Pick<LayerState, 'before' | 'windows'> {
  const known = measuredBefore?.layers.find(({ measurement }) => measurement.layer === id)
  const fits = known && (width === null || known.measurement.width === width)
  return fits ? { before: known.measurement, windows: known.windows } : { before: null, windows: [] }
}

function foldMeasurement(
  run: RunState,
  measurement: Measurement,
  at: { step: number; epoch: number | null; endOfEpoch: boolean },
): void {
  const layer = run.layers[positionOf(run.layers, measurement.layer)]
  if (!layer) return
  if (measurement.split === 'eval') {
    layer.eval = measurement
    return
  }
  layer.train = measurement
  layer.measuredAtStep = at.step
  if (isSufficient(measurement)) {
    layer.sufficient = measurement
    if (at.endOfEpoch)
      layer.windows = [...layer.windows, endedWindow(measurement, at, run.loss)].slice(-MAX_ENDED_WINDOWS)
  }
  addPoint(layer.history, at.step, measurement.status === 'ok' ? measurement.k / measurement.width : null)
}
