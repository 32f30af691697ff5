import type { Embedding, Measurement } from '../../protocol/measurement.ts'
import type { EventBody } from '../../protocol/events.ts'
import { binnedSpectrum } from '../../saturation/binnedSpectrum.ts'
import { Covariance } from '../../saturation/covariance.ts'
import { embedding } from '../../saturation/embedding.ts'
import type { Bounds } from '../../saturation/dimensionBounds.ts'
import { measureInSteps, type Saturation } from '../../saturation/measure.ts'
import { measureSketchInSteps } from '../../saturation/sketch/measureSketch.ts'
import { Sketch } from '../../saturation/sketch/sketch.ts'
import { sketchFromCovariance } from '../../saturation/sketch/fromCovariance.ts'
import { isWide, type MeasureRequest } from '../reporting/workerMessages.ts'
import { Lane } from './lane.ts'
import type { ShutdownDeadline } from './shutdownDeadline.ts'

/** Number of eigenvectors that rows are projected on for an embedding. */
const EMBEDDING_DIMENSIONS = 2
/** Significant digits of an embedded row's coordinates. More would not be visible, and would make the log longer. */
const COORDINATE_DIGITS = 6

/** The results of one window. */
interface WindowResults {
  measurement: Measurement
  /** Null where there are no rows to embed. */
  embedded: Embedding | null
}

/**
 * Turns windows into measurements, as its duty cycle allows. A wide layer takes as long as hundreds of narrow ones.
 * Wide and narrow layers therefore have a lane each, with half of the time, so that neither kind waits for the other.
 * Solving is done in slices, between which events are delivered.
 */
export class Solver {
  /** Called with a layer's width when its filling window is solved and the rest after it is over. */
  onDone: (width: number) => void = () => {}
  /** Called with true when solving begins, and with false when it ends. */
  onBusy: (busy: boolean) => void = () => {}
  /** Called with the ms that a slice of solving took. */
  onSpent: (ms: number) => void = () => {}
  /** Time spent on solving so far, ms. */
  spentMs = 0
  readonly #delta: number
  readonly #emit: (event: EventBody) => void
  #share: number
  /** When the process ends; null while its script still works. */
  #deadline: ShutdownDeadline | null = null
  /** Layers whose last windows were not solved for lack of time. */
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

  /** Share of one core's time that solving may take from now on. */
  set share(share: number) {
    this.#share = share
    const lanes = Object.values(this.#lanes)
    for (const { duty } of lanes) duty.share = share / lanes.length
  }

  add(request: MeasureRequest): void {
    const { width } = request
    const kind = isWide(width) ? 'wide' : 'narrow'
    let lane = this.#lanes[kind]
    if (!lane) {
      lane = new Lane(this.#share, (requests) => this.#solve(requests), {
        onDone: () => this.onDone(width),
        onBusy: (busy) => this.onBusy(busy || this.#deadline !== null),
        onSpent: (ms) => {
          this.spentMs += ms
          this.onSpent(ms)
        },
      })
      this.#lanes[kind] = lane
      this.share = this.#share
    }
    lane.add(request)
  }

  /**
   * Solves every ended window now, without rest, narrow layers first. Windows that still fill are dropped, because the
   * ended ones supersede them. A wide layer is sketched if the time does not allow all its eigenvalues. A `problem`
   * event names the layers that the time does not allow at all.
   */
  async finish(deadline: ShutdownDeadline): Promise<void> {
    this.#deadline = deadline
    this.onBusy(true)
    await this.#lanes.narrow?.finish()
    await this.#lanes.wide?.finish()
    this.#deadline = null
    if (this.#unsolved.size > 0) this.#emit({ type: 'problem', layer: null, ...unsolvedProblem([...this.#unsolved]) })
    this.onBusy(false)
  }

  *#solve(requests: Iterable<MeasureRequest>): Generator<void, void> {
    let at: MeasureRequest | null = null
    const layers: Measurement[] = []
    const embeddings: Embedding[] = []
    for (const request of requests) {
      if (this.#deadline?.hasPassed(performance.now())) {
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

  *#measure(request: MeasureRequest): Generator<void, WindowResults> {
    const { layer, split, width, count, seen, rejected, firstStep, step, epoch, epochs } = request
    const { mean, wholeSpectrum, sample, effective } = request
    const { status, k, bounds, trace, spectrum, vectors } = yield* this.#saturation(request)
    const measurement = {
      layer,
      split,
      width,
      observations: Math.round(count),
      ...(Math.round(effective) < Math.round(count) ? { effective: Math.round(effective) } : {}),
      seen,
      k,
      ...(bounds ? { bounds } : {}),
      delta: this.#delta,
      trace,
      status,
      rejected,
      steps: { first: firstStep, last: step, epochs },
      spectrum: wholeSpectrum ? spectrum : binnedSpectrum(spectrum),
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
    const solving = measureInSteps(covariance, this.#delta, rejected, sample ? EMBEDDING_DIMENSIONS : 0)
    let deadline: ShutdownDeadline | null = null
    for (;;) {
      // Whether the time suffices is asked once, when the deadline is new: a solve that has begun goes on.
      const isNew = deadline !== this.#deadline
      deadline = this.#deadline
      if (isWide(width) && deadline) {
        const now = performance.now()
        if (deadline.hasPassed(now) || (isNew && !deadline.allowsSolving(width, now))) break
      }
      const { done, value } = solving.next()
      if (done) return value
      yield
    }
    return yield* measureSketchInSteps(yield* sketchFromCovariance(covariance), this.#delta, rejected)
  }
}

/** The problem that names layers whose last windows were not solved. */
function unsolvedProblem(layers: string[]): { message: string; advice: string } {
  const message = `There was no time at the end of the process to find the eigenvalues of the last windows of ${layers.join(', ')}.`
  return {
    message: message.slice(0, 4000),
    advice:
      'What is shown of them is what was reported before. Measure fewer layers (--layers, --skip), or every row (--rows all), which waits longer.',
  }
}

/**
 * Coordinates of the rows on the vectors.
 * @param rows [any × width]
 * @param mean [width]
 * @returns for each row one coordinate per vector
 */
function pointsOf(rows: Float32Array, mean: Float64Array, vectors: Float64Array[]): number[][] {
  const width = mean.length
  const deviations = Float64Array.from(rows, (x, at) => x - mean[at % width]!)
  const along = embedding(deviations, width, vectors)
  return Array.from({ length: rows.length / width }, (_, r) =>
    vectors.map((_, i) => Number(along[r * vectors.length + i]!.toPrecision(COORDINATE_DIGITS))),
  )
}
