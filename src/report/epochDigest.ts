import type { RunEvent } from '../protocol/events.ts'
import { emptyRun, fold, type RunState } from '../run/state.ts'

export interface EpochRow {
  epoch: number
  step: number
  metrics: Record<string, number | null>
}

/** A run folded for a report: the state that every view has, and what only a report asks for. */
export class Digest {
  readonly state: RunState
  readonly epochs: EpochRow[] = []

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
  }
}
