import { setTimeout } from 'node:timers'
import type { EventBody } from '../../protocol/events.ts'

/** An event, and when it happened: ms of the wall clock. */
export interface TimedEvent {
  time: number
  body: EventBody
}

/** Longest time for which an event waits for others, ms. It is shorter than anybody could see. */
const MAX_WAIT_MS = 50
/** Events that come so often, in training of small models, that they are posted together. */
const FREQUENT: ReadonlySet<EventBody['type']> = new Set(['step', 'epoch', 'overhead'])

/**
 * Collects frequent events, because each message wakes the worker's thread: in a search over thousands of models that would
 * take longer than measuring them. The first event after a pause is posted at once, and so is any other than the frequent
 * ones. The timer neither keeps the process alive nor is it the program's own, which may have replaced the global one.
 */
export class EventBatch {
  readonly #post: (events: TimedEvent[]) => void
  #events: TimedEvent[] = []
  /** When events were last posted, ms, monotonic. */
  #postedAt = -Infinity
  #timer: NodeJS.Timeout | null = null

  /** @param post takes the events in their order */
  constructor(post: (events: TimedEvent[]) => void) {
    this.#post = post
  }

  add(body: EventBody): void {
    this.#events.push({ time: Date.now(), body })
    if (!FREQUENT.has(body.type) || performance.now() - this.#postedAt >= MAX_WAIT_MS) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), MAX_WAIT_MS).unref()
  }

  /** Posts what waits. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#events.length === 0) return
    const events = this.#events
    this.#events = []
    this.#postedAt = performance.now()
    this.#post(events)
  }
}
