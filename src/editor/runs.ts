import type { RunEvent } from '../run/events.ts'
import type { RunState } from '../run/state.ts'

/** One run as the editor needs it; `state` is folded before `onEvents` tells of the events. */
export interface WatchedRun {
  readonly id: string
  readonly state: RunState
  /** @returns a function that ends the subscription. */
  onEvents(listener: (events: readonly RunEvent[]) => void): () => void
}

/** The runs of this window; `current` is the one that is shown. */
export interface Runs {
  readonly current: WatchedRun | null
  /** @returns a function that ends the subscription. */
  onDidChangeCurrent(listener: () => void): () => void
}
