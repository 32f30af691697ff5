import { clip } from '../../protocol/clip.ts'
import { parseEvent, type EventBody, type RunEvent } from '../../protocol/events.ts'
import { fold } from '../../run/fold.ts'
import type { RunState } from '../../run/state.ts'
import { openLog, type RunLog } from './log.ts'
import { ProblemLimit } from './problemLimit.ts'

/**
 * The only writer of a run's log. Every event is written to the log first, then folded into the state, then passed to
 * the listeners, so that nobody sees an event that a crash could lose.
 */
export class Journal {
  /** The fold of the log; changed in place, before the listeners are called. */
  readonly state: RunState
  #file: string
  readonly #limit = new ProblemLimit()
  readonly #listeners = new Set<(events: readonly RunEvent[]) => void>()
  /** Events of the session's own that were shown but could not be written; the next append writes them first. */
  #unsaved: RunEvent[] = []
  /** Why they could not be written. */
  #whyUnsaved = ''
  #damaged = false
  #log: RunLog | null = null

  /**
   * @param file absolute path of the log
   * @param state the fold of what the log holds already
   */
  constructor(file: string, state: RunState) {
    this.#file = file
    this.state = state
  }

  /** Absolute path of the log as it is now. */
  get file(): string {
    return this.#log?.file ?? this.#file
  }

  /** Why the log lacks something of the run, so far; null when it is complete. */
  get incomplete(): string | null {
    if (this.#unsaved.length > 0) return this.#whyUnsaved
    return this.#damaged || this.#log?.damaged ? 'another program has shortened it while it was written' : null
  }

  /** Calls back with every batch of new events. @returns a function that unsubscribes. */
  onEvents(listener: (events: readonly RunEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Writes events of the training process. @throws the file system's error; no listener gets the events then. */
  append(events: readonly RunEvent[]): void {
    if (events.length === 0) return
    try {
      this.#log ??= openLog(this.#file)
      // What was shown has its number already: a log without it would have a gap.
      this.#log.append([...this.#unsaved, ...events])
      this.#unsaved = []
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#whyUnsaved = why
      const message = this.#limit.admit(`The run's log cannot be written: ${why}`)
      if (message) this.#showUnsaved(problemBody(message, 'Make room on the disk; what was not written is sent again.'))
      throw error
    }
    this.#show(events)
  }

  /** Writes events of the session's own. @throws the file system's error; no listener gets the events then. */
  report(...bodies: EventBody[]): void {
    this.append(bodies.map((body, i) => this.#stamp(body, i)))
  }

  /** Writes events of the session's own if possible, and passes them to the listeners in any case. Never throws. */
  tryReport(...bodies: EventBody[]): void {
    try {
      this.report(...bodies)
    } catch {
      this.#showUnsaved(...bodies)
    }
  }

  /** Writes a problem that the session met, unless the limit for problems is reached. Never throws. */
  problem(message: string, advice: string): void {
    const admitted = this.#limit.admit(clip(message))
    if (admitted !== null) this.tryReport(problemBody(admitted, advice))
  }

  /** Closes the log; the next event opens it again. */
  close(): void {
    if (!this.#log) return
    this.#log.close()
    this.#file = this.#log.file
    this.#damaged ||= this.#log.damaged
    this.#log = null
  }

  /** Shows events that could not be written: a person has to see that the log cannot be written. */
  #showUnsaved(...bodies: EventBody[]): void {
    const events = bodies.map((body, i) => this.#stamp(body, i))
    this.#unsaved.push(...events)
    this.#show(events)
  }

  #stamp(body: EventBody, offset: number): RunEvent {
    const event: RunEvent = { ...body, seq: this.state.next.session + offset, by: 'session', time: Date.now() }
    // The session quotes foreign texts as well: error messages, the end of a script's error output.
    const parsed = parseEvent(event)
    return 'event' in parsed ? parsed.event : event
  }

  #show(events: readonly RunEvent[]): void {
    for (const event of events) fold(this.state, event)
    for (const listener of this.#listeners) {
      try {
        listener(events)
      } catch (error) {
        // An error in one view must not keep the events from the log or from the other views.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}

function problemBody(message: string, advice: string): EventBody {
  return { type: 'problem', layer: null, message, advice }
}
