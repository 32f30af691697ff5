import type { Layer } from '../../src/protocol/layer.ts'
import type { Measurement } from '../../src/protocol/measurement.ts'
import { endedWindow, type EndedWindow } from '../../src/run/endedWindows.ts'
import { emptySeries } from '../../src/run/series.ts'
import { emptyRun, type LayerState, type RunState } from '../../src/run/state.ts'

/** A dense layer of 128 units of which 15 hold the variance, over enough observations; parts can be exchanged. */
export function layer(parts: Partial<LayerState> = {}, measured: Partial<Measurement> | null = {}): LayerState {
  const described: Layer = {
    id: 'dense_1',
    name: 'dense_1',
    kind: 'Dense',
    site: { file: '/model.js', line: 1, column: 1 },
    width: 128,
    widthProperty: 'units',
    outputShape: [null, 128],
    parameters: 1000,
    activation: 'relu',
    inbound: [],
    isOutput: false,
    notMeasured: null,
  }
  const id = parts.id ?? described.id
  return {
    ...described,
    name: id,
    earlier: null,
    before: null,
    train: measured && measurement({ layer: id, ...measured }),
    eval: null,
    measuredAtStep: measured ? 10 : null,
    history: emptySeries(),
    sufficient: null,
    windows: settledWindows(id, measured),
    embedding: { train: null, eval: null },
    ...parts,
  }
}

/** Windows of an epoch each that ended with these numbers of 128 dimensions. */
export function ended(...dimensions: number[]): EndedWindow[] {
  return dimensions.map((k, i) => ({ step: 10 * (i + 1), epoch: i, epochs: 1, width: 128, k, k99: k, loss: null }))
}

/** Three windows that ended with what is measured, so that the width has settled. */
function settledWindows(id: string, measured: Partial<Measurement> | null): EndedWindow[] {
  if (!measured) return []
  const last = endedWindow(measurement({ layer: id, ...measured }), { step: 10, epoch: 0 }, emptySeries())
  return Array<EndedWindow>(3).fill({ ...last, epochs: 1 })
}

/** A train measurement of 15 of 128 dimensions; 99.9 % of the variance lie in 20. */
export function measurement(parts: Partial<Measurement> = {}): Measurement {
  return {
    layer: 'dense_1',
    split: 'train',
    width: 128,
    observations: 12_800,
    seen: 12_800,
    k: 15,
    delta: 0.99,
    trace: 20,
    status: 'ok',
    rejected: 0,
    spectrum: { head: Array.from({ length: 128 }, (_, i) => (i < 20 ? 1 : 0)), tail: [] },
    ...parts,
  }
}

/** A run in training with these layers. */
export function runOf(layers: LayerState[], parts: Partial<RunState> = {}): RunState {
  return { ...emptyRun(), phase: 'training', startedAt: 1_000_000, layers, ...parts }
}

/** The end of a run. */
export const ENDED = {
  how: 'completed',
  exitCode: 0,
  signal: null,
  message: 'Completed.',
  time: Date.UTC(2026, 0, 2, 12),
} as const
