import type { EventBody, RunEvent } from '../../src/protocol/events.ts'
import type { Layer } from '../../src/protocol/layer.ts'
import type { Measurement } from '../../src/protocol/measurement.ts'
import { fold } from '../../src/run/fold.ts'
import { emptyRun, type RunState } from '../../src/run/state.ts'

/** A layer as the trainer reports it. */
export function layer(id: string, width: number, more: Partial<Layer> = {}): Layer {
  return {
    id,
    name: id,
    kind: 'Dense',
    site: { file: '/home/ada/mnist/train.js', line: 12, column: 9 },
    width,
    widthProperty: 'units',
    outputShape: [null, width],
    parameters: width * 100,
    activation: 'relu',
    inbound: [],
    isOutput: false,
    notMeasured: null,
    ...more,
  }
}

/** A measurement whose spectrum holds `k` equal eigenvalues. */
export function measured(of: Layer, k: number, more: Partial<Measurement> = {}): Measurement {
  const width = of.width ?? 1
  return {
    layer: of.id,
    split: 'train',
    width,
    observations: 64_000,
    seen: 128_000,
    k,
    delta: 0.99,
    trace: k,
    status: 'ok',
    rejected: 0,
    spectrum: { head: Array.from({ length: width }, (_, i) => (i < k ? 1 : 0)), tail: [] },
    ...more,
  }
}

/**
 * Records a run: numbers and dates events, folds them into the run's state, and keeps the events that were not taken
 * yet.
 */
export class Recording {
  readonly state: RunState = emptyRun()
  #seq = 0
  #time = 1_790_000_000_000
  #untaken: RunEvent[] = []

  /** Adds an event `after` milliseconds after the last one. */
  add(body: EventBody, after = 100): this {
    const event: RunEvent = { ...body, seq: this.#seq++, by: 'trainer', time: (this.#time += after) }
    fold(this.state, event)
    this.#untaken.push(event)
    return this
  }

  /** Returns the events that were added since the last call. */
  take(): RunEvent[] {
    return this.#untaken.splice(0)
  }

  /** Adds the events at the beginning of a run. */
  start(layers: Layer[]): this {
    return this.add({
      type: 'run started',
      protocol: 1,
      script: '/home/ada/mnist/train.js',
      args: ['--epochs', '12'],
      cwd: '/home/ada/mnist',
    })
      .add({ type: 'attached', pid: 4711, delta: 0.99, versions: { node: '20.20.2' }, backend: 'tensorflow' }, 900)
      .add({ type: 'model', layers })
  }

  /** Adds a training step. The run has 12 epochs of 100 steps each, and `step` counts from 1. */
  step(step: number, loss: number | null): this {
    const epoch = Math.floor((step - 1) / 100)
    const stepInEpoch = ((step - 1) % 100) + 1
    return this.add({ type: 'step', step, epoch, epochs: 12, stepInEpoch, stepsPerEpoch: 100, loss }, 250)
  }

  /** Adds measurements at a step. */
  saturation(step: number, layers: Measurement[], endOfEpoch = false): this {
    return this.add({ type: 'saturation', step, epoch: Math.floor((step - 1) / 100), endOfEpoch, layers }, 0)
  }
}

/** The reduced sampling of a run in which measuring everything would have exceeded the budget. */
const sampling = { rowsPerFeature: 2, layerStride: 2.5 }

/**
 * A training run of these layers with `steps` steps. Every tenth step is measured; `share` gives a layer's saturation
 * at a step.
 */
export function trained(
  layers: Layer[],
  steps: number,
  share: (layer: Layer, step: number, index: number) => number,
): Recording {
  const run = new Recording().start(layers)
  const inOrder = layers.filter((one) => one.notMeasured === null)
  for (let step = 1; step <= steps; step++) {
    run.step(step, 0.08 + 2.2 * Math.exp(-step / 60) + 0.06 * Math.abs(Math.sin(step * 12.9898)))
    if (step % 10 === 0) {
      const all = inOrder.map((one, i) =>
        measured(one, Math.max(1, Math.round(share(one, step, i) * (one.width ?? 1)))),
      )
      run.saturation(step, all, step % 100 === 0)
    }
    if (step % 100 === 0) {
      const quality = 1 - Math.exp(-step / 150)
      const metrics = {
        loss: 2.2 * (1 - quality) + 0.1,
        acc: 0.5 + 0.49 * quality,
        val_loss: 2.1 * (1 - quality) + 0.16,
        val_acc: 0.52 + 0.45 * quality,
      }
      run.add({ type: 'epoch', epoch: step / 100 - 1, step, metrics })
    }
  }
  return run.add({ type: 'overhead', share: 0.014, monitorMs: 420, trainingMs: 30_000, sampling })
}
