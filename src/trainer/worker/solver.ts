import type { EventBody, Measurement } from '../../run/events.ts'
import { binned } from '../../saturation/binned.ts'
import { Covariance } from '../../saturation/covariance.ts'
import { measure } from '../../saturation/measure.ts'
import type { MeasureRequest } from '../messages.ts'
import { DutyCycle } from './dutyCycle.ts'

/** Solving time after which windows that ended in one step are reported, rather than all of them at once. */
const TOGETHER_MS = 20

/**
 * Turns windows into measurements, one at a time between messages and only as its duty cycle allows. Windows that
 * ended go first. Where epochs end faster than wide layers can be solved, a layer's newer window takes the place of
 * the older one that still waits: memory and cores stay bounded.
 */
export class Solver {
  /** Called when a mid-window measurement is done. */
  onDone: () => void = () => {}
  /** Called when solving begins and ends. */
  onBusy: (busy: boolean) => void = () => {}
  /** Time spent solving, ms. */
  spentMs = 0
  readonly #delta: number
  readonly #emit: (event: EventBody) => void
  readonly #duty: DutyCycle
  /** By layer and split, in the order of their ends. */
  readonly #closed = new Map<string, MeasureRequest>()
  readonly #open: MeasureRequest[] = []
  #timer: NodeJS.Timeout | null = null

  /**
   * @param delta share of variance that k has to hold.
   * @param share of one core's time that solving may take.
   */
  constructor(delta: number, share: number, emit: (event: EventBody) => void) {
    this.#delta = delta
    this.#emit = emit
    this.#duty = new DutyCycle(share, performance.now())
  }

  add(request: MeasureRequest): void {
    if (!request.endOfEpoch) this.#open.push(request)
    else {
      const key = `${request.split} ${request.layer}`
      this.#closed.delete(key)
      this.#closed.set(key, request)
    }
    this.#wake()
  }

  /** Solves every ended window now, without rest; running ones are superseded by them. */
  finish(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#open.length = 0
    this.onBusy(true)
    while (this.#closed.size > 0) this.#solveClosed()
    this.onBusy(false)
  }

  #next(): void {
    this.#timer = null
    const began = performance.now()
    this.onBusy(true)
    if (this.#closed.size > 0) this.#solveClosed()
    else {
      const request = this.#open.shift()
      if (request) this.#emit(saturationEvent([request], [this.#solve(request)]))
      this.onDone()
    }
    this.onBusy(false)
    const now = performance.now()
    this.spentMs += now - began
    this.#duty.spent(now - began)
    this.#wake()
  }

  #wake(): void {
    if (this.#closed.size + this.#open.length > 0)
      this.#timer ??= setTimeout(() => this.#next(), this.#duty.wait(performance.now()))
  }

  /** Solves ended windows for a while and reports those of one epoch's end in one event. */
  #solveClosed(): void {
    const began = performance.now()
    const requests: MeasureRequest[] = []
    const measurements: Measurement[] = []
    for (const [key, request] of this.#closed) {
      if (requests.length > 0 && request.step !== requests[0]!.step) break
      this.#closed.delete(key)
      requests.push(request)
      measurements.push(this.#solve(request))
      if (performance.now() - began >= TOGETHER_MS) break
    }
    this.#emit(saturationEvent(requests, measurements))
  }

  #solve(request: MeasureRequest): Measurement {
    const { layer, split, width, count, seen, rejected, mean, products, rounding, wholeSpectrum } = request
    const covariance = new Covariance(width, mean, products, rounding)
    covariance.count = count
    const { status, k, trace, spectrum } = measure(covariance, this.#delta, rejected)
    return {
      layer,
      split,
      width,
      observations: Math.round(count),
      seen,
      k,
      delta: this.#delta,
      trace,
      status,
      rejected,
      spectrum: wholeSpectrum ? spectrum : binned(spectrum),
    }
  }
}

function saturationEvent(requests: MeasureRequest[], layers: Measurement[]): EventBody {
  const { step, epoch, endOfEpoch } = requests[0]!
  return { type: 'saturation', step, epoch, endOfEpoch, layers }
}
