import type { RunEvent } from '../protocol/events.ts'
import { fold } from '../run/fold.ts'
import { emptyRun, type RunState } from '../run/state.ts'

export interface EpochRow {
  epoch: number
  step: number
  metrics: Record<string, number | null>
}

/** What a report needs of a run: its state, and the metrics of every epoch, which the state keeps only as curves. */
export class RunDigest {
  readonly state: RunState
  readonly epochs: EpochRow[] = []

  constructor(state: RunState = emptyRun()) {
    this.state = state
  }

  /** Folds one event of a log. */
  add(event: RunEvent): void {
    if (fold(this.state, event)) this.note(event)
  }

  /** Keeps an epoch's metrics from an event that was folded into the state already. */
  note(event: RunEvent): void {
    if (event.type === 'epoch') this.epochs.push({ epoch: event.epoch, step: event.step, metrics: event.metrics })
  }
}
