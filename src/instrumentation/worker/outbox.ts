import type { EventBody, RunEvent } from '../../protocol/events.ts'

/** Most unsent events that are held. Beyond it, numbers that later ones supersede are dropped first. */
const MAX_UNSENT_EVENTS = 5000
/** Most bytes of JSON that the unsent events may take, unless a single event takes more. */
const MAX_UNSENT_BYTES = 256 * 2 ** 20
/** Most events in one message. */
const MAX_BATCH_EVENTS = 200
/**
 * Most bytes of JSON in one message, unless a single event takes more: far below the longest that the session accepts.
 */
const MAX_BATCH_BYTES = 4 * 2 ** 20

type Unsent = { body: EventBody; time: number; bytes: number }

/**
 * Events on their way to the session. Each is kept until the session acknowledges it, and is sent again on the next
 * connection if this one is lost. An event gets its sequence number when it is first sent, so that unsent events can
 * still be replaced.
 */
export class Outbox {
  readonly #unsent: Unsent[] = []
  #unsentBytes = 0
  #sent: { event: RunEvent; bytes: number }[] = []
  #nextSeq = 0

  /** Adds an event; a `step` or `overhead` that was not sent yet is replaced by a newer one. */
  add(body: EventBody, time: number): void {
    if (body.type === 'step' || body.type === 'overhead') {
      const last = this.#unsent.at(-1)
      if (last?.body.type === body.type) this.#remove(this.#unsent.length - 1)
    }
    const bytes = approximateBytes(body)
    this.#unsent.push({ body, time, bytes })
    this.#unsentBytes += bytes
    const isOver = (): boolean =>
      this.#unsent.length > MAX_UNSENT_EVENTS || (this.#unsentBytes > MAX_UNSENT_BYTES && this.#unsent.length > 1)
    while (isOver()) this.#remove(this.#leastValuable())
  }

  get empty(): boolean {
    return this.#unsent.length === 0 && this.#sent.length === 0
  }

  /** The next events to send, with their sequence numbers. Those sent before and not acknowledged come first. */
  batch(): RunEvent[] {
    let batchBytes = this.#sent.reduce((sum, { bytes }) => sum + bytes, 0)
    while (this.#sent.length < MAX_BATCH_EVENTS) {
      const item = this.#unsent[0]
      if (!item || (this.#sent.length > 0 && batchBytes + item.bytes > MAX_BATCH_BYTES)) break
      this.#remove(0)
      batchBytes += item.bytes
      const event: RunEvent = { ...item.body, seq: this.#nextSeq++, by: 'trainer', time: item.time }
      this.#sent.push({ event, bytes: item.bytes })
    }
    return this.#sent.map(({ event }) => event)
  }

  /** Drops the events that the session has. @param next the session has every event with a lower `seq`. */
  acknowledge(next: number): void {
    this.#sent = this.#sent.filter(({ event }) => event.seq >= next)
    // An earlier worker of this process, which died, has used the lower numbers.
    this.#nextSeq = Math.max(this.#nextSeq, next)
  }

  /** Position of the event that a reader would miss least. It is never one that names the layers, or the run's end. */
  #leastValuable(): number {
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
    this.#unsentBytes -= removed?.bytes ?? 0
  }
}

/**
 * About the number of bytes that an event takes as JSON. A number has up to 24 characters, a layer's other fields a few
 * hundred.
 */
function approximateBytes(body: EventBody): number {
  if (body.type === 'model') return 600 * body.layers.length
  if (body.type === 'problem') return 200 + 4 * (body.message.length + body.advice.length)
  if (body.type === 'embedding') return 400 + 24 * body.points.length * (1 + body.held.length)
  if (body.type !== 'saturation') return 1000
  return body.layers.reduce((sum, { spectrum: { head, tail } }) => sum + 400 + 24 * head.length + 48 * tail.length, 200)
}
