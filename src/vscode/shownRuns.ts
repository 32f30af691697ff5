import type { RunEvent } from '../protocol/events.ts'
import type { RunState } from '../run/state.ts'

/** What a view needs of the run it shows. */
export interface ShownRun {
  /** Folded in place by its owner before the listeners hear of the events. */
  readonly state: RunState
  /** @returns a function that removes the listener. */
  onEvents(listener: (events: readonly RunEvent[]) => void): () => void
}

/** What the views need of the session: which run is shown, and when that changes. */
export interface ShownRuns {
  readonly current: ShownRun | null
  /** @returns a function that removes the listener. */
  onDidChangeCurrent(listener: () => void): () => void
}
