import type { EventBody, Measurement } from '../../run/events.ts'
import { Covariance } from '../../saturation/covariance.ts'
import { measure } from '../../saturation/measure.ts'
import type { MeasureRequest } from '../messages.ts'

/** Rest after a mid-window solve, as a multiple of its time: the solver must not take the training's cores. */
const REST = 30
/** Solving time that may be spent without rest at the start, so that the first numbers come at once. */
const INITIAL_CREDIT_MS = 150
/** Windows that ended and wait to be solved; when epochs end faster than this, older ones of a layer are passed over. */
const MAX_CLOSED = 2000

/**
 * Turns windows into measurements, one at a time between messages. Windows that ended go first and rest briefly; the
 * running ones share what the duty cycle leaves.
 */
export class Solver {
  /** Called when a mid-window measurement is done and rested from. */
  onRested: () => void = () => {}
  readonly #delta: number
  readonly #emit: (event: EventBody) => void
  readonly #closed: MeasureRequest[] = []
  readonly #open: MeasureRequest[] = []
  #credit = INITIAL_CREDIT_MS
  #timer: NodeJS.Timeout | null = null

  /** @param delta share of variance that k has to hold. */
  constructor(delta: number, emit: (event: EventBody) => void) {
    this.#delta = delta
    this.#emit = emit
  }

  add(request: MeasureRequest): void {
    if (request.endOfEpoch) {
      this.#closed.push(request)
      if (this.#closed.length > MAX_CLOSED) this.#closed.shift()
    } else this.#open.push(request)
    this.#timer ??= setTimeout(() => this.#next(), 0)
  }

  /** Solves every ended window now, without rest; running ones are superseded by them. */
  finish(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#open.length = 0
    while (this.#closed.length > 0) this.#solveClosed(Infinity)
  }

  #next(): void {
    this.#timer = null
    const began = performance.now()
    if (this.#closed.length > 0) {
      this.#solveClosed(20)
      this.#sleep(3 * (performance.now() - began))
      return
    }
    const request = this.#open.shift()
    if (!request) return
    this.#emit(saturationEvent([request], [this.#solve(request)]))
    const took = performance.now() - began
    this.#credit -= took
    setTimeout(() => this.onRested(), this.#credit > 0 ? 0 : REST * took)
    this.#sleep(0)
  }

  /** Solves ended windows for about `ms` and reports those of one epoch's end in one event. */
  #solveClosed(ms: number): void {
    const began = performance.now()
    const requests: MeasureRequest[] = []
    const measurements: Measurement[] = []
    do {
      const request = this.#closed.shift()
      if (!request) break
      requests.push(request)
      measurements.push(this.#solve(request))
    } while (this.#closed[0]?.step === requests[0]?.step && performance.now() - began < ms)
    if (requests.length > 0) this.#emit(saturationEvent(requests, measurements))
  }

  #sleep(ms: number): void {
    if (this.#closed.length + this.#open.length > 0) this.#timer ??= setTimeout(() => this.#next(), ms)
  }

  #solve(request: MeasureRequest): Measurement {
    const { layer, split, width, count, seen, rejected, mean, products } = request
    const covariance = new Covariance(width)
    covariance.count = count
    covariance.mean.set(mean)
    covariance.products.set(products)
    const { status, k, trace, spectrum } = measure(covariance, this.#delta, rejected)
    return { layer, split, width, observations: count, seen, k, delta: this.#delta, trace, status, rejected, spectrum }
  }
}

function saturationEvent(requests: MeasureRequest[], layers: Measurement[]): EventBody {
  const { step, epoch, endOfEpoch } = requests[0]!
  return { type: 'saturation', step, epoch, endOfEpoch, layers }
}
