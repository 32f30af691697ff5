import type { EventBody, RunEvent } from '../../protocol/events.ts'

/** Unsent events held at most, and their weight; beyond it numbers that later ones supersede are dropped first. */
const CAPACITY = 5000
const CAPACITY_BYTES = 256 * 2 ** 20
/** Events sent at once at most, and their weight: far below the longest message that the session takes. */
const BATCH = 200
const BATCH_BYTES = 4 * 2 ** 20

type Unsent = { body: EventBody; time: number; weight: number }

/**
 * Events on their way to the session, kept until it acknowledges them: what is lost with a connection is sent again
 * on the next. Sequence numbers are given when an event is first sent, so that unsent ones may still be merged.
 */
export class Outbox {
  readonly #unsent: Unsent[] = []
  /** Of the unsent. */
  #weight = 0
  #sent: { event: RunEvent; weight: number }[] = []
  #next = 0

  /** Adds an event; a `step` or `overhead` that was not sent yet is replaced by a newer one. */
  add(body: EventBody, time: number): void {
    if (body.type === 'step' || body.type === 'overhead') {
      const last = this.#unsent.at(-1)
      if (last?.body.type === body.type) this.#remove(this.#unsent.length - 1)
    }
    const weight = weightOf(body)
    this.#unsent.push({ body, time, weight })
    this.#weight += weight
    while (this.#unsent.length > CAPACITY || (this.#weight > CAPACITY_BYTES && this.#unsent.length > 1)) {
      this.#remove(this.#leastWorth())
    }
  }

  get empty(): boolean {
    return this.#unsent.length === 0 && this.#sent.length === 0
  }

  /** The next events to send, stamped. Those sent before and not acknowledged come first. */
  batch(): RunEvent[] {
    let bytes = this.#sent.reduce((sum, { weight }) => sum + weight, 0)
    while (this.#sent.length < BATCH) {
      const item = this.#unsent[0]
      if (!item || (this.#sent.length > 0 && bytes + item.weight > BATCH_BYTES)) break
      this.#remove(0)
      bytes += item.weight
      const event: RunEvent = { ...item.body, seq: this.#next++, by: 'trainer', time: item.time }
      this.#sent.push({ event, weight: item.weight })
    }
    return this.#sent.map(({ event }) => event)
  }

  /** @param next the session has every event with a lower `seq`. */
  acknowledge(next: number): void {
    this.#sent = this.#sent.filter(({ event }) => event.seq >= next)
    // An earlier worker of this process, which died, has numbered up to there.
    this.#next = Math.max(this.#next, next)
  }

  /** Position of what a reader would miss least: never what names the layers, or the end. */
  #leastWorth(): number {
    const oldest = (matches: (body: EventBody) => boolean): number =>
      this.#unsent.findIndex(({ body }) => matches(body))
    const superseded = oldest(
      (body) =>
        body.type === 'step' ||
        body.type === 'overhead' ||
        body.type === 'embedding' ||
        (body.type === 'saturation' && !body.endOfEpoch),
    )
    if (superseded >= 0) return superseded
    const measured = oldest(({ type }) => type === 'saturation')
    return measured >= 0
      ? measured
      : Math.max(
          0,
          oldest(({ type }) => type === 'epoch' || type === 'problem'),
        )
  }

  #remove(index: number): void {
    const [removed] = this.#unsent.splice(index, 1)
    this.#weight -= removed?.weight ?? 0
  }
}

/** About the bytes that an event takes as JSON: a number has up to 24 characters, a layer's other fields some hundred. */
function weightOf(body: EventBody): number {
  if (body.type === 'model') return 600 * body.layers.length
  if (body.type === 'problem') return 200 + 4 * (body.message.length + body.advice.length)
  if (body.type === 'embedding') return 400 + 24 * body.points.length * (1 + body.held.length)
  if (body.type !== 'saturation') return 1000
  return body.layers.reduce((sum, { spectrum: { head, tail } }) => sum + 400 + 24 * head.length + 48 * tail.length, 200)
}
