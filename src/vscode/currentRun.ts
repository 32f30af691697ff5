import type { RunEvent } from '../protocol/events.ts'
import type { RunState } from '../run/state.ts'

/** The session's runs, as far as the views need them. `Runs` is one. */
export interface RunSource {
  readonly current: {
    /** Changed in place, before the listeners are called. */
    readonly state: RunState
    /** @returns a function that unsubscribes. */
    onEvents(listener: (events: readonly RunEvent[]) => void): () => void
  } | null
  /** @returns a function that unsubscribes. */
  onDidChangeCurrent(listener: () => void): () => void
}

/** What happened: another run became current, or the current run has new events. */
export type CurrentRunChange = { type: 'switched' } | { type: 'events'; events: readonly RunEvent[] }

/**
 * Follows the current run for all views: subscribes to the session's runs once, and again to each run that becomes
 * current.
 */
export class CurrentRun {
  readonly #runs: RunSource
  readonly #listeners = new Set<(change: CurrentRunChange) => void>()
  readonly #unsubscribeFromRuns: () => void
  #unsubscribeFromRun: () => void = () => {}

  constructor(runs: RunSource) {
    this.#runs = runs
    this.#unsubscribeFromRuns = runs.onDidChangeCurrent(() => {
      this.#subscribeToRun()
      this.#notify({ type: 'switched' })
    })
    this.#subscribeToRun()
  }

  /** State of the current run, the same object for as long as the run is current; null without a run. */
  get state(): RunState | null {
    return this.#runs.current?.state ?? null
  }

  /** Calls back after each change, in the order of subscription. @returns a function that unsubscribes. */
  onDidChange(listener: (change: CurrentRunChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  dispose(): void {
    this.#unsubscribeFromRun()
    this.#unsubscribeFromRuns()
    this.#listeners.clear()
  }

  #subscribeToRun(): void {
    this.#unsubscribeFromRun()
    const notify = (events: readonly RunEvent[]) => this.#notify({ type: 'events', events })
    this.#unsubscribeFromRun = this.#runs.current?.onEvents(notify) ?? (() => {})
  }

  #notify(change: CurrentRunChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        // An error in one view must not keep the change from the other views.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
