import type { EventBody, Measurement } from '../../run/events.ts'
import { binned } from '../../saturation/binned.ts'
import { Covariance } from '../../saturation/covariance.ts'
import { measureInSteps } from '../../saturation/measure.ts'
import { isWide, type MeasureRequest } from '../messages.ts'
import { Lane } from './lane.ts'

/**
 * Turns windows into measurements, as its duty cycle allows. Wide layers, of which one takes as long as hundreds of
 * others, have a lane and half of the time for themselves, so that neither kind waits for the other; and everything is
 * solved in slices, between which events are delivered.
 */
export class Solver {
  /** Called when a mid-window measurement is done and rested from. */
  onDone: (width: number) => void = () => {}
  /** Called when the last solving begins and ends. */
  onBusy: (busy: boolean) => void = () => {}
  /** Time spent solving, ms. */
  spentMs = 0
  readonly #delta: number
  readonly #emit: (event: EventBody) => void
  readonly #share: number
  readonly #lanes: { narrow?: Lane; wide?: Lane } = {}

  /**
   * @param delta share of variance that k has to hold.
   * @param share of one core's time that solving may take.
   */
  constructor(delta: number, share: number, emit: (event: EventBody) => void) {
    this.#delta = delta
    this.#share = share
    this.#emit = emit
  }

  add(request: MeasureRequest): void {
    const { width } = request
    const kind = isWide(width) ? 'wide' : 'narrow'
    let lane = this.#lanes[kind]
    if (!lane) {
      const solve = (requests: Iterable<MeasureRequest>) => this.#solve(requests)
      lane = new Lane(
        this.#share,
        solve,
        () => this.onDone(width),
        (ms) => (this.spentMs += ms),
      )
      this.#lanes[kind] = lane
      const lanes = Object.values(this.#lanes)
      for (const { duty } of lanes) duty.share = this.#share / lanes.length
    }
    lane.add(request)
  }

  /** Solves every ended window now, without rest, narrow layers first; running windows are superseded by them. */
  async finish(): Promise<void> {
    this.onBusy(true)
    await this.#lanes.narrow?.finish()
    await this.#lanes.wide?.finish()
    this.onBusy(false)
  }

  *#solve(requests: Iterable<MeasureRequest>): Generator<void, void> {
    let at: MeasureRequest | null = null
    const layers: Measurement[] = []
    for (const request of requests) {
      at ??= request
      layers.push(yield* this.#measure(request))
    }
    if (!at) return
    const { step, epoch, endOfEpoch } = at
    this.#emit({ type: 'saturation', step, epoch, endOfEpoch, layers })
  }

  *#measure(request: MeasureRequest): Generator<void, Measurement> {
    const { layer, split, width, count, seen, rejected, firstStep, step, epochs } = request
    const { mean, products, rounding, wholeSpectrum } = request
    const covariance = new Covariance(width, mean, products, rounding)
    covariance.count = count
    const { status, k, trace, spectrum } = yield* measureInSteps(covariance, this.#delta, rejected)
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
      steps: { first: firstStep, last: step, epochs },
      spectrum: wholeSpectrum ? spectrum : binned(spectrum),
    }
  }
}
