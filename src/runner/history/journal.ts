import { clip } from '../../protocol/clip.ts'
import type { EventBody, RunEvent } from '../../protocol/events.ts'
import { openLog, type RunLog } from './log.ts'
import { fold, type RunState } from '../../run/state.ts'
import { TroubleLimit } from './problemLimit.ts'

/**
 * The one way into a run's log: events are appended, then folded, then handed to the listeners, so that nobody is
 * shown what a crash could take back.
 */
export class Journal {
  /** The fold of the log; changed in place, before the listeners hear of the events. */
  readonly state: RunState
  readonly #file: string
  readonly #limit = new TroubleLimit()
  readonly #listeners = new Set<(events: readonly RunEvent[]) => void>()
  #log: RunLog | null = null

  constructor(file: string, state: RunState) {
    this.#file = file
    this.state = state
  }

  /** Calls back with every batch of new events. @returns how to unsubscribe. */
  onEvents(listener: (events: readonly RunEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Keeps events of the training process. @throws the file system's error; nothing was shown then. */
  keep(events: readonly RunEvent[]): void {
    if (events.length === 0) return
    try {
      this.#log ??= openLog(this.#file)
      this.#log.append(events)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const message = this.#limit.admit(`The run's log cannot be written: ${why}`)
      if (message) this.#showOnly(trouble(message, 'Make room on the disk; what was not written is sent again.'))
      throw error
    }
    this.#show(events)
  }

  /** Keeps events of the session's own. @throws the file system's error. */
  report(...bodies: EventBody[]): void {
    this.keep(bodies.map((body, i) => this.#stamp(body, i)))
  }

  /** Keeps a problem that the session met, unless there were too many of them. Never throws. */
  problem(message: string, advice: string): void {
    const admitted = this.#limit.admit(clip(message))
    if (admitted !== null) this.tell(trouble(admitted, advice))
  }

  /** Keeps events of the session's own where that is possible, and shows them in any case. Never throws. */
  tell(...bodies: EventBody[]): void {
    try {
      this.report(...bodies)
    } catch {
      this.#showOnly(...bodies)
    }
  }

  /** Lets go of the file until something else is to be kept. */
  close(): void {
    this.#log?.close()
    this.#log = null
  }

  /** For problems of a log that cannot be written: a person is shown them all the same. */
  #showOnly(...bodies: EventBody[]): void {
    this.#show(bodies.map((body, i) => this.#stamp(body, i)))
  }

  #stamp(body: EventBody, offset: number): RunEvent {
    return { ...body, seq: this.state.next.session + offset, by: 'session', time: Date.now() }
  }

  #show(events: readonly RunEvent[]): void {
    for (const event of events) fold(this.state, event)
    for (const listener of this.#listeners) {
      try {
        listener(events)
      } catch (error) {
        // A view's mistake is neither the log's nor the other views'.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}

function trouble(message: string, advice: string): EventBody {
  return { type: 'problem', layer: null, message, advice }
}
