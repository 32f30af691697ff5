import type { RunEvent } from '../protocol/events.ts'
import type { SavedRun } from './history/savedRuns.ts'

/** A run that can be listed and shown: one that this session watches, or a saved one. */
export interface ListedRun extends SavedRun {
  /**
   * Calls back with every batch of new events, after they were folded into the state.
   * @returns a function that unsubscribes.
   */
  onEvents(listener: (events: readonly RunEvent[]) => void): () => void
  /** Asks the training process to end itself. @returns false when no process is connected. */
  stop(): boolean
}

/** A saved run for those who show runs: it has ended, so it has no further events and no process to stop. */
export function listedRun(saved: SavedRun): ListedRun {
  return { ...saved, onEvents: () => () => {}, stop: () => false }
}
