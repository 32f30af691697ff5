import type { Embedding, EventBody, Measurement } from '../../protocol/events.ts'
import { binned } from '../../saturation/binnedSpectrum.ts'
import { Covariance } from '../../saturation/covariance.ts'
import { embedding } from '../../saturation/embedding.ts'
import type { Bounds } from '../../saturation/dimensionBounds.ts'
import { measureInSteps, type Saturation } from '../../saturation/measure.ts'
import { measureSketchInSteps } from '../../saturation/sketch/measureSketch.ts'
import { Sketch } from '../../saturation/sketch/sketch.ts'
import { sketchOfCovariance } from '../../saturation/sketch/fromCovariance.ts'
import { isWide, type MeasureRequest } from '../reporting/workerMessages.ts'
import { Lane } from './lane.ts'
import type { LastSeconds } from './shutdownDeadline.ts'

/** Eigenvectors that rows are embedded on. */
const COMPONENTS = 2
/** Digits of an embedded row's coordinates: more are not to be seen, and a log keeps them all. */
const DIGITS = 6

/** What a window comes to. */
interface Solved {
  measurement: Measurement
  embedded: Embedding | null
}

/**
 * Turns windows into measurements, as its duty cycle allows. Wide layers, of which one takes as long as hundreds of
 * others, have a lane and half of the time for themselves, so that neither kind waits for the other; and everything is
 * solved in slices, between which events are delivered.
 */
export class Solver {
  /** Called when a mid-window measurement is done and rested from. */
  onDone: (width: number) => void = () => {}
  /** Called when solving begins and ends. */
  onBusy: (busy: boolean) => void = () => {}
  /** Time spent solving, ms. */
  spentMs = 0
  readonly #delta: number
  readonly #emit: (event: EventBody) => void
  readonly #share: number
  /** What is left of the process's time; null while it runs. */
  #ending: LastSeconds | null = null
  /** Layers whose last windows there was no time for. */
  readonly #unsolved = new Set<string>()
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
      lane = new Lane(this.#share, (requests) => this.#solve(requests), {
        onDone: () => this.onDone(width),
        onBusy: (busy) => this.onBusy(busy || this.#ending !== null),
        onSpent: (ms) => (this.spentMs += ms),
      })
      this.#lanes[kind] = lane
      const lanes = Object.values(this.#lanes)
      for (const { duty } of lanes) duty.share = this.#share / lanes.length
    }
    lane.add(request)
  }

  /**
   * Solves every ended window now, without rest, narrow layers first; running windows are superseded by them. Wide ones
   * that there is no time for are sketched, and what there is no time for at all is named in a problem.
   */
  async finish(ending: LastSeconds): Promise<void> {
    this.#ending = ending
    this.onBusy(true)
    await this.#lanes.narrow?.finish()
    await this.#lanes.wide?.finish()
    this.#ending = null
    if (this.#unsolved.size > 0) this.#emit({ type: 'problem', layer: null, ...unsolved([...this.#unsolved]) })
    this.onBusy(false)
  }

  *#solve(requests: Iterable<MeasureRequest>): Generator<void, void> {
    let at: MeasureRequest | null = null
    const layers: Measurement[] = []
    const embeddings: Embedding[] = []
    for (const request of requests) {
      if (this.#ending?.over(performance.now())) {
        this.#unsolved.add(request.layer)
        continue
      }
      at ??= request
      const { measurement, embedded } = yield* this.#measure(request)
      layers.push(measurement)
      if (embedded) embeddings.push(embedded)
    }
    if (!at) return
    const { step, epoch, endOfEpoch } = at
    this.#emit({ type: 'saturation', step, epoch, endOfEpoch, layers })
    for (const embedded of embeddings) this.#emit({ type: 'embedding', ...embedded })
  }

  *#measure(request: MeasureRequest): Generator<void, Solved> {
    const { layer, split, width, count, seen, rejected, firstStep, step, epoch, epochs } = request
    const { mean, wholeSpectrum, sample } = request
    const { status, k, bounds, trace, spectrum, vectors } = yield* this.#saturation(request)
    const measurement = {
      layer,
      split,
      width,
      observations: Math.round(count),
      seen,
      k,
      ...(bounds ? { bounds } : {}),
      delta: this.#delta,
      trace,
      status,
      rejected,
      steps: { first: firstStep, last: step, epochs },
      spectrum: wholeSpectrum ? spectrum : binned(spectrum),
    }
    if (!sample || !trace || vectors.length === 0) return { measurement, embedded: null }
    const held = vectors.map((_, i) => Math.max(0, Math.min(1, spectrum.head[i]! / trace)))
    return { measurement, embedded: { layer, split, step, epoch, held, points: pointsOf(sample, mean, vectors) } }
  }

  *#saturation(request: MeasureRequest): Generator<void, Saturation & { bounds?: Bounds | null }> {
    const { width, count, rejected, mean, products, rounding, squares, sample } = request
    if (squares) {
      const sketch = new Sketch(width, undefined, undefined, undefined, { count, mean, squares, products, rounding })
      return yield* measureSketchInSteps(sketch, this.#delta, rejected)
    }
    const covariance = new Covariance(width, mean, products, rounding)
    covariance.count = count
    const solving = measureInSteps(covariance, this.#delta, rejected, sample ? COMPONENTS : 0)
    let ending: LastSeconds | null = null
    for (;;) {
      const unexpected = ending !== this.#ending
      ending = this.#ending
      if (isWide(width) && ending) {
        const now = performance.now()
        if (ending.over(now) || (unexpected && !ending.enoughFor(width, now))) break
      }
      const { done, value } = solving.next()
      if (done) return value
      yield
    }
    return yield* measureSketchInSteps(yield* sketchOfCovariance(covariance), this.#delta, rejected)
  }
}

/** What a person is told of layers whose last windows were not solved. */
function unsolved(layers: string[]): { message: string; advice: string } {
  const message = `There was no time at the end of the process to find the eigenvalues of the last windows of ${layers.join(', ')}.`
  return {
    message: message.slice(0, 4000),
    advice:
      'What is shown of them is what was reported before. Measure fewer layers (--layers, --skip), or every row (--rows all), which waits longer.',
  }
}

/** Coordinates of the rows on the vectors. @param rows [any × width] @param mean [width] */
function pointsOf(rows: Float32Array, mean: Float64Array, vectors: Float64Array[]): number[][] {
  const width = mean.length
  const deviations = Float64Array.from(rows, (x, at) => x - mean[at % width]!)
  const along = embedding(deviations, width, vectors)
  return Array.from({ length: rows.length / width }, (_, r) =>
    vectors.map((_, i) => Number(along[r * vectors.length + i]!.toPrecision(DIGITS))),
  )
}
