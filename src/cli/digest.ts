import { OBSERVATIONS_PER_FEATURE } from '../advice/verdict.ts'
import type { Measurement, RunEvent } from '../run/events.ts'
import { emptyRun, fold, type LayerState, type RunState } from '../run/state.ts'

export interface EpochRow {
  epoch: number
  step: number
  metrics: Record<string, number | null>
}

/** A run folded for a report: the state that every view has, and what only a report asks for. */
export class Digest {
  readonly state: RunState
  readonly epochs: EpochRow[] = []
  readonly #full = new Map<string, Measurement>()

  constructor(state: RunState = emptyRun()) {
    this.state = state
  }

  /** Folds one event of a log. */
  add(event: RunEvent): void {
    if (fold(this.state, event)) this.note(event)
  }

  /** Takes from an event what the state does not keep; for events that were folded already. */
  note(event: RunEvent): void {
    if (event.type === 'epoch') this.epochs.push({ epoch: event.epoch, step: event.step, metrics: event.metrics })
    if (event.type !== 'saturation' || !event.endOfEpoch) return
    for (const m of event.layers) if (m.split === 'train') this.#full.set(m.layer, m)
  }

  /**
   * The train measurement to report of a layer. A run cut off early in an epoch has hardly anything in its window:
   * the last full epoch's says more then.
   */
  trainOf(layer: LayerState): Measurement | null {
    const latest = layer.train
    const full = this.#full.get(layer.id) ?? null
    if (!latest || !full || latest.status === 'nonFinite') return latest ?? full
    const few = latest.observations < OBSERVATIONS_PER_FEATURE * latest.width
    return few && full.observations > latest.observations ? full : latest
  }
}
