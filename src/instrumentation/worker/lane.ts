import type { MeasureRequest } from '../reporting/workerMessages.ts'
import { DutyCycle } from './dutyCycle.ts'

/** Solving time after which windows that ended in one step are reported, rather than all of them at once. */
const TOGETHER_MS = 20
/** Work at a stretch: between two slices the thread delivers events and turns to the other lane. */
const SLICE_MS = 20

/** Entries of covariances that ended windows may fill while they wait: 16 MB. */
const MOST_WAITING = 2 ** 21

/** What a lane does with windows, in steps of some milliseconds. */
export type Solve = (requests: Iterable<MeasureRequest>) => Generator<void, void>

/** Hears of a lane's work. */
export interface LaneListener {
  /** A running window is solved and rested from: another would be solved at once. */
  onDone(): void
  /** A slice begins or ends. */
  onBusy(busy: boolean): void
  /** Time that a slice has taken. */
  onSpent(ms: number): void
}

/**
 * Windows that wait for the solver, one solved at a time and only as the duty cycle allows. Windows that ended go first.
 * Where epochs end faster than they can be solved and much waits already, a layer's newer window takes the place of the
 * last one: memory and cores stay bounded.
 */
export class Lane {
  readonly duty: DutyCycle
  readonly #closed: MeasureRequest[] = []
  /** Entries of their covariances. */
  #entries = 0
  readonly #open: MeasureRequest[] = []
  readonly #solve: Solve
  readonly #listener: LaneListener
  #job: Generator<void, void> | null = null
  /** Running windows solved and not yet rested from. */
  #done = 0
  #timer: NodeJS.Timeout | null = null
  #finished: (() => void) | null = null

  /** @param share of one core's time that solving may take. */
  constructor(share: number, solve: Solve, listener: LaneListener) {
    this.duty = new DutyCycle(share, performance.now())
    this.#solve = solve
    this.#listener = listener
  }

  add(request: MeasureRequest): void {
    if (!request.endOfEpoch) this.#open.push(request)
    else this.#addClosed(request)
    this.#wake()
  }

  #addClosed(request: MeasureRequest): void {
    const { layer, split, products } = request
    const isOfLayer = (one: MeasureRequest): boolean => one.layer === layer && one.split === split
    // Solved after it, the running window of an earlier step would be taken for the latest.
    for (let at = this.#open.findIndex(isOfLayer); at >= 0; at = this.#open.findIndex(isOfLayer)) {
      this.#open.splice(at, 1)
      this.#listener.onDone()
    }
    const full = this.#entries + products.length > MOST_WAITING
    const at = full ? this.#closed.findLastIndex(isOfLayer) : -1
    // In the older one's place: put behind the others, the last layers' turn would never come.
    if (at >= 0) return void (this.#closed[at] = request)
    this.#closed.push(request)
    this.#entries += products.length
  }

  /** Solves every ended window without rest, the narrowest first; running ones are superseded by them. */
  finish(): Promise<void> {
    this.#open.length = 0
    if (this.#done > 0) this.#job = null
    // Stable: a layer's windows keep their order.
    this.#closed.sort((a, b) => a.width - b.width)
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    return new Promise((resolve) => {
      this.#finished = resolve
      this.#turn()
    })
  }

  #turn(): void {
    this.#timer = null
    if (!this.#job) {
      for (; this.#done > 0; this.#done--) this.#listener.onDone()
      this.#job = this.#next()
    }
    this.#listener.onBusy(true)
    const began = performance.now()
    let ended = this.#job === null
    while (!ended && performance.now() - began < SLICE_MS) ended = this.#job?.next().done === true
    if (ended) this.#job = null
    const ms = performance.now() - began
    this.duty.spent(ms)
    this.#listener.onSpent(ms)
    this.#listener.onBusy(false)
    this.#wake()
  }

  #next(): Generator<void, void> | null {
    if (this.#closed.length > 0) return this.#solve(this.#together())
    const request = this.#open.shift()
    if (!request) return null
    this.#done++
    return this.#solve([request])
  }

  /** Windows that ended in one step, for a while. */
  *#together(): Generator<MeasureRequest, void> {
    const began = performance.now()
    let step: number | null = null
    for (let request = this.#closed[0]; request; request = this.#closed[0]) {
      if (step !== null && (request.step !== step || performance.now() - began >= TOGETHER_MS)) return
      step = request.step
      this.#closed.shift()
      this.#entries -= request.products.length
      yield request
    }
  }

  #wake(): void {
    if (this.#timer) return
    const waiting = this.#job !== null || this.#closed.length + this.#open.length + this.#done > 0
    if (!waiting) return this.#finished?.()
    // What has begun is not put off: its memory is held.
    const rest = this.#job || this.#finished ? 0 : this.duty.wait(performance.now())
    this.#timer = setTimeout(() => this.#turn(), rest)
  }
}
