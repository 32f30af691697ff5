import type { MeasureRequest } from '../reporting/workerMessages.ts'
import { DutyCycle } from './dutyCycle.ts'

/**
 * Solving time after which a report is sent, ms. Windows that ended in one step share a report; those that are not
 * solved within this time follow in the next one.
 */
const MAX_REPORT_MS = 20
/**
 * Longest solving without a pause, ms. Between two slices the thread delivers events and the other lane gets its turn.
 */
const SLICE_MS = 20
/** Most entries of covariances that ended windows may fill while they wait: 16 MB as float64. */
const MAX_WAITING_ENTRIES = 2 ** 21

/** Solves windows and reports them together. It yields after every few milliseconds. */
export type Solve = (requests: Iterable<MeasureRequest>) => Generator<void, void>

export interface LaneListener {
  /** A filling window is solved and its rest is over, so that another one would be solved at once. */
  onDone(): void
  /** A slice begins or ends. */
  onBusy(busy: boolean): void
  /** A slice has taken so many ms. */
  onSpent(ms: number): void
}

/**
 * A queue of windows for the solver. It solves one window at a time, and only as its duty cycle allows. Closed windows
 * (those that ended) go before open ones (those that still fill). Epochs may end faster than their windows can be
 * solved. Once too many entries wait, a layer's newer window replaces its last one, which bounds memory and processor
 * time.
 */
export class Lane {
  readonly duty: DutyCycle
  readonly #closed: MeasureRequest[] = []
  /** Entries of the covariances of all waiting closed windows. */
  #waitingEntries = 0
  readonly #open: MeasureRequest[] = []
  readonly #solve: Solve
  readonly #listener: LaneListener
  /** The windows that are being solved. */
  #job: Generator<void, void> | null = null
  /** Open windows that were begun and whose rest is not over. */
  #resting = 0
  #timer: NodeJS.Timeout | null = null
  /** Resolves the promise of `finish`; null before it was called. */
  #onFinished: (() => void) | null = null

  /** @param share of one core's time that solving may take. */
  constructor(share: number, solve: Solve, listener: LaneListener) {
    this.duty = new DutyCycle(share, performance.now())
    this.#solve = solve
    this.#listener = listener
  }

  add(request: MeasureRequest): void {
    if (!request.endOfEpoch) this.#open.push(request)
    else this.#addClosed(request)
    this.#scheduleSlice()
  }

  #addClosed(request: MeasureRequest): void {
    const { layer, split, products } = request
    const isOfLayer = (one: MeasureRequest): boolean => one.layer === layer && one.split === split
    // An open window of an earlier step must not be solved after this one: it would be taken for the latest.
    for (let at = this.#open.findIndex(isOfLayer); at >= 0; at = this.#open.findIndex(isOfLayer)) {
      this.#open.splice(at, 1)
      this.#listener.onDone()
    }
    const isFull = this.#waitingEntries + products.length > MAX_WAITING_ENTRIES
    const at = isFull ? this.#closed.findLastIndex(isOfLayer) : -1
    // It takes the older one's place in the queue. At the queue's end, the last layers would never be reached.
    if (at >= 0) return void (this.#closed[at] = request)
    this.#closed.push(request)
    this.#waitingEntries += products.length
  }

  /** Solves every closed window without rest, the narrowest first, and drops the open ones, which those supersede. */
  finish(): Promise<void> {
    this.#open.length = 0
    if (this.#resting > 0) this.#job = null
    // The sort is stable: a layer's windows keep their order.
    this.#closed.sort((a, b) => a.width - b.width)
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    return new Promise((resolve) => {
      this.#onFinished = resolve
      this.#runSlice()
    })
  }

  #runSlice(): void {
    this.#timer = null
    if (!this.#job) {
      for (; this.#resting > 0; this.#resting--) this.#listener.onDone()
      this.#job = this.#nextJob()
    }
    this.#listener.onBusy(true)
    const began = performance.now()
    let ended = this.#job === null
    while (!ended && performance.now() - began < SLICE_MS) ended = this.#job?.next().done === true
    if (ended) this.#job = null
    const ms = performance.now() - began
    this.duty.spend(ms)
    this.#listener.onSpent(ms)
    this.#listener.onBusy(false)
    this.#scheduleSlice()
  }

  #nextJob(): Generator<void, void> | null {
    if (this.#closed.length > 0) return this.#solve(this.#closedInOneStep())
    const request = this.#open.shift()
    if (!request) return null
    this.#resting++
    return this.#solve([request])
  }

  /** Takes closed windows that ended in the same step from the queue, until `MAX_REPORT_MS` have passed. */
  *#closedInOneStep(): Generator<MeasureRequest, void> {
    const began = performance.now()
    let step: number | null = null
    for (let request = this.#closed[0]; request; request = this.#closed[0]) {
      if (step !== null && (request.step !== step || performance.now() - began >= MAX_REPORT_MS)) return
      step = request.step
      this.#closed.shift()
      this.#waitingEntries -= request.products.length
      yield request
    }
  }

  #scheduleSlice(): void {
    if (this.#timer) return
    const isWorkLeft = this.#job !== null || this.#closed.length + this.#open.length + this.#resting > 0
    if (!isWorkLeft) return this.#onFinished?.()
    // A job that has begun does not rest, because it holds memory.
    const rest = this.#job || this.#onFinished ? 0 : this.duty.delay(performance.now())
    this.#timer = setTimeout(() => this.#runSlice(), rest)
  }
}
