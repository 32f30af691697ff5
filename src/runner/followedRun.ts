import { statSync } from 'node:fs'
import type { RunEvent } from '../protocol/events.ts'
import { fold } from '../run/fold.ts'
import { emptyRun, type RunState } from '../run/state.ts'
import type { ListedRun } from './listedRun.ts'
import { readGrown } from './history/log.ts'
import { readRecord, type RunRecord } from './history/record.ts'
import { requestStop } from './history/stopRequest.ts'

/** Events of a log that are folded in one go, so that a long one does not block the process. */
const MAX_EVENTS_AT_ONCE = 1000

/** A run that another session watches: this one reads its log as it grows, and writes nothing. */
export class FollowedRun implements ListedRun {
  readonly id: string
  readonly folder: string
  readonly state: RunState = emptyRun()
  readonly #listeners = new Set<(events: readonly RunEvent[]) => void>()
  #record: RunRecord
  /** Bytes of the log that have been read. */
  #offset = 0

  constructor(folder: string, record: RunRecord) {
    this.id = record.id
    this.folder = folder
    this.#record = record
  }

  get record(): Readonly<RunRecord> {
    return this.#record
  }

  onEvents(listener: (events: readonly RunEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Asks the session that watches the run to stop it. */
  stop(): boolean {
    if (this.state.phase === 'ended') return false
    return requestStop(this.folder)
  }

  /**
   * Reads what the log has more than at the last time. A log that cannot be read now is read the next time.
   * @returns whether there was anything new
   */
  async read(): Promise<boolean> {
    // The record first: the end of a run is in its log before the record has it.
    this.#record = readRecord(this.folder) ?? this.#record
    const before = this.state.next.trainer + this.state.next.session
    const events: RunEvent[] = []
    try {
      const { size } = statSync(this.#record.log)
      // Written anew; the fold leaves out what it knows.
      if (size < this.#offset) this.#offset = 0
      if (size === this.#offset) return false
      for await (const { event, end } of readGrown(this.#record.log, this.#offset)) {
        this.#offset = end
        if (event) events.push(event)
        if (events.length === MAX_EVENTS_AT_ONCE) this.#take(events.splice(0))
      }
    } catch {
      // What was read before the error is told all the same.
    }
    this.#take(events)
    return this.state.next.trainer + this.state.next.session > before
  }

  /** Folds events and passes them on in one go, so that nobody sees the state of events that it is still to be told. */
  #take(events: RunEvent[]): void {
    const fresh = events.filter((event) => fold(this.state, event))
    if (fresh.length > 0) for (const listener of this.#listeners) listener(fresh)
  }

  dispose(): void {
    this.#listeners.clear()
  }
}
