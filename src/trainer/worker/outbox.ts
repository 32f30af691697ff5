import type { EventBody, RunEvent } from '../../run/events.ts'

/** Unsent events held at most; beyond it numbers that later ones supersede are dropped first. */
const CAPACITY = 5000

/**
 * Events on their way to the session, kept until it acknowledges them: what is lost with a connection is sent again
 * on the next. Sequence numbers are given when an event is first sent, so that unsent ones may still be merged.
 */
export class Outbox {
  #unsent: { body: EventBody; time: number }[] = []
  #sent: RunEvent[] = []
  #next = 0

  /** Adds an event; a `step` or `overhead` that was not sent yet is replaced by a newer one. */
  add(body: EventBody, time: number): void {
    if (body.type === 'step' || body.type === 'overhead') {
      const last = this.#unsent.at(-1)
      if (last?.body.type === body.type) this.#unsent.pop()
    }
    this.#unsent.push({ body, time })
    if (this.#unsent.length > CAPACITY) this.#dropOne()
  }

  get empty(): boolean {
    return this.#unsent.length === 0 && this.#sent.length === 0
  }

  /** The next events to send, stamped. Those sent before and not acknowledged come first. */
  batch(size = 200): RunEvent[] {
    while (this.#sent.length < size) {
      const item = this.#unsent.shift()
      if (!item) break
      this.#sent.push({ ...item.body, seq: this.#next++, by: 'trainer', time: item.time })
    }
    return this.#sent
  }

  /** @param next the session has every event with a lower `seq`. */
  acknowledge(next: number): void {
    this.#sent = this.#sent.filter((event) => event.seq >= next)
    // An earlier worker of this process, which died, has numbered up to there.
    this.#next = Math.max(this.#next, next)
  }

  #dropOne(): void {
    const superseded = this.#unsent.findIndex(
      ({ body }) =>
        body.type === 'step' || body.type === 'overhead' || (body.type === 'saturation' && !body.endOfEpoch),
    )
    this.#unsent.splice(Math.max(0, superseded), 1)
  }
}
