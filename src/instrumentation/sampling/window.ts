import { Covariance } from '../../saturation/covariance.ts'
import { FLOAT32 } from '../../saturation/linalg/precision.ts'
import { DEFAULT_OPTIONS, type MeasureOptions } from '../../protocol/measureOptions.ts'
import { OBSERVATIONS_PER_FEATURE } from '../../run/sufficiency.ts'
import { Sketch, type SketchSums } from '../../saturation/sketch/sketch.ts'
import type { Tensor } from '../tfjs/tfjs.ts'
import { pickRows, sampleRows, sampleSize, type Sample, type Summer, type Sums } from './batchSums.ts'
import { RowSample } from './reservoir.ts'

/** Small samples wait until there are this many rows, or as many as features: a Gram matrix costs the same for a few. */
const ROWS_AT_ONCE = 512
/** Numbers that a sketched layer's samples may fill while they wait. */
const SKETCHED_AT_ONCE = 1 << 23
/** Numbers that a narrow layer's samples may fill while they wait: a quarter of a megabyte. */
const NUMBERS_AT_ONCE = 1 << 16
const MOST_ROWS_AT_ONCE = 2048
/** Of the fixed point for one batch: a mean in the millions is known to its first digits only after the first. */
const MOST_MOVES = 3

/**
 * One layer's covariance in one split over the present window: an epoch, as many as it takes to judge the layer by, or
 * the run where no epochs are known.
 *
 * A step's sample of a dense layer is a few rows, and summing, reading back and merging [width × width] numbers for
 * them would cost more than the layer itself. Such rows are copied out and summed together later; all of them enter.
 */
export class Window {
  /** A sketch of it where the layer is wider than the options let it be kept. */
  readonly covariance: Covariance | Sketch
  /** Feature vectors the layer produced. */
  seen = 0
  /** Of them, those of the latest output. */
  rowsAtOnce = 0
  /** Observations left out because their batch held NaN or infinity. */
  rejected = 0
  /** Observations that have come since the window was last reported. */
  fresh = 0
  /** Training step, from 1, of the first observation; null before it. */
  firstStep: number | null = null
  /** Observations that have come since the first window began. */
  total = 0
  /** Epochs that have ended within the window. */
  epochsEnded = 0
  readonly #summer: Summer
  readonly #onRejected: (step: number) => void
  readonly #capacity: number
  readonly #stagger: number
  /** Rows that are awaited now. */
  #awaited: number
  /** [width] The fixed point that sums are formed about: zero as long as it is near enough to each feature's mean. */
  #shift: Float32Array
  /** [#capacity × width] rows that wait, and the steps they are from. */
  #waiting: Float32Array | null = null
  #batches: { step: number; rows: number }[] = []
  #rows = 0
  /** Rows to embed at the window's end; null where that was not asked for. */
  #sample: RowSample | null

  readonly #options: MeasureOptions

  /**
   * @param onRejected told of each step whose batch held NaN or infinity and was left out.
   * @param stagger in (0, 1]: share of the usual rows after which the first are summed. Layers of the same width would
   *   otherwise all do it in the same step, and the person would see the training stumble.
   */
  constructor(
    width: number,
    summer: Summer,
    onRejected: (step: number) => void,
    options = DEFAULT_OPTIONS,
    stagger = 1,
  ) {
    this.#options = options
    this.#sample = this.#newSample()
    this.covariance = width > options.exactWidth ? new Sketch(width) : new Covariance(width)
    this.#shift = new Float32Array(width)
    this.#summer = summer
    this.#stagger = stagger
    this.#onRejected = onRejected
    const narrow = Math.min(MOST_ROWS_AT_ONCE, Math.floor(NUMBERS_AT_ONCE / width))
    this.#capacity =
      this.covariance instanceof Sketch
        ? Math.min(ROWS_AT_ONCE, Math.max(1, Math.floor(SKETCHED_AT_ONCE / width)))
        : Math.max(ROWS_AT_ONCE, width, narrow)
    this.#awaited = this.#capacity * stagger
  }

  /** [any × width] an even sample of the window's rows, where one was asked for. */
  get sample(): Float32Array | null {
    return this.#sample?.rows() ?? null
  }

  /** Observations that are in the covariance or wait to be. */
  get count(): number {
    return this.covariance.count + this.#rows
  }

  /**
   * Whether it holds enough observations to judge the layer by, or as many as it may. Those that were left out count:
   * a layer that gives nothing but NaN would never have enough.
   */
  get full(): boolean {
    const enough = OBSERVATIONS_PER_FEATURE * this.covariance.width
    return this.count + this.rejected >= Math.min(enough, this.#options.maxObservations ?? Infinity)
  }

  /**
   * Takes in a layer's output.
   * @param limit rows to take at most.
   */
  add(output: Tensor, limit: number, step: number): void {
    const left = (this.#options.maxObservations ?? Infinity) - this.count
    const sample = sampleRows(output.shape, Math.min(limit, left), step)
    const count = sampleSize(sample)
    this.seen += sample.rows
    this.rowsAtOnce = sample.rows
    if (count > left) return
    this.fresh += count
    this.total += count
    this.firstStep ??= step + 1
    if (count >= this.#capacity) {
      this.#keepSome(count, sample.width, (wanted) => this.#summer.rows(output, sampleRows(output.shape, wanted, step)))
      const { covariance } = this
      const sumAbout = (shift: Float32Array): Sums | SketchSums =>
        covariance instanceof Sketch
          ? this.#summer.sketchOf(this.#summer.rows(output, sample), shift, covariance.omega)
          : this.#summer.sums(output, sample, shift)
      if (!this.#merge(sumAbout)) this.#addExactly(this.#summer.rows(output, sample), { step, rows: count })
      return
    }
    if (this.#rows + count > this.#awaited) {
      this.settle()
      this.#awaited = this.#capacity
    }
    this.#waiting ??= new Float32Array(this.#capacity * sample.width)
    const rows = this.#summer.rows(output, sample)
    this.#waiting.set(rows, this.#rows * sample.width)
    this.#keepSome(count, sample.width, (wanted) => pickRows(rows, every(count / wanted, count, sample.width)))
    this.#batches.push({ step, rows: count })
    this.#rows += count
  }

  /** Brings the rows that wait into the covariance. */
  settle(): void {
    if (this.#rows === 0 || !this.#waiting) return
    const { covariance } = this
    const { width } = covariance
    const rows = this.#waiting.subarray(0, this.#rows * width)
    // One batch with NaN in it must not take the others along.
    const sumAbout = (shift: Float32Array): Sums | SketchSums =>
      covariance instanceof Sketch
        ? this.#summer.sketchOf(rows, shift, covariance.omega)
        : this.#summer.sumsOf(rows, shift)
    if (!this.#merge(sumAbout)) this.#settleEach(rows)
    this.#batches.length = 0
    this.#rows = 0
  }

  /** Starts the next window, keeping the fixed point, which is still near the mean. */
  reset(): void {
    this.covariance.clear()
    this.seen = this.rejected = this.fresh = this.epochsEnded = this.#rows = 0
    this.firstStep = null
    this.#batches.length = 0
    this.#waiting = null
    this.#awaited = this.#capacity * this.#stagger
    this.#sample = this.#newSample()
  }

  #newSample(): RowSample | null {
    const { embedding } = this.#options
    return embedding === null ? null : new RowSample(embedding)
  }

  /** @param take reads about so many of the present rows. */
  #keepSome(count: number, width: number, take: (wanted: number) => Float32Array): void {
    if (!this.#sample) return
    const wanted = this.#sample.wanted(count)
    this.#sample.add(wanted > 0 ? take(wanted) : null, width, count)
  }

  #settleEach(rows: Float32Array): void {
    let at = 0
    for (const batch of this.#batches)
      this.#addExactly(rows.subarray(at, (at += batch.rows * this.covariance.width)), batch)
  }

  /** In float64 and on this thread: slow, but squares out of float32's range are no reason to leave a batch out. */
  #addExactly(rows: Float32Array, batch: { step: number; rows: number }): void {
    this.#fade(batch.rows)
    if (this.covariance.addRows(rows)) return
    this.rejected += batch.rows
    this.#onRejected(batch.step)
  }

  /** Of an exponential window, lets the past count less by as much as new observations come. */
  #fade(count: number): void {
    const { window, halfLife } = this.#options
    if (window === 'exponential') this.covariance.scale(2 ** (-count / halfLife))
  }

  /** @returns false when squares do not fit into float32, or a value is NaN or infinite. */
  #merge(sumAbout: (shift: Float32Array) => Sums | SketchSums): boolean {
    let shift = this.#shift
    let sums = sumAbout(shift)
    for (let moves = 0; moves < MOST_MOVES; moves++) {
      const { points, far } = approachMean(shift, sums)
      this.#shift = points
      if (!far) break
      shift = points
      sums = sumAbout(shift)
    }
    if (vanish(sums)) return false
    this.#fade(sums.count)
    const { covariance } = this
    if (covariance instanceof Sketch) return covariance.addSums(shift, sums as SketchSums, FLOAT32)
    return covariance.addSums(sums.count, shift, sums.sum, (sums as Sums).gram, FLOAT32)
  }
}

function every(stride: number, rows: number, width: number): Sample {
  return { rows, width, stride: Math.max(1, Math.floor(stride)), offset: 0 }
}

/** Sum of one feature's squares. */
function squareOf(sums: Sums | SketchSums, i: number): number {
  return 'gram' in sums ? sums.gram[i * sums.sum.length + i]! : sums.squares[i]!
}

/** Whether deviations are so small that their squares lose digits, or all, at the lower end of float32's range. */
function vanish(sums: Sums | SketchSums): boolean {
  const { count, sum } = sums
  let squares = 0
  for (let i = 0; i < sum.length; i++) squares += squareOf(sums, i)
  return squares < 2 ** -100 * count && Array.prototype.some.call(sum, (value) => value !== 0)
}

/** Squared distance of a layer's fixed points from the means, in variances, from which on the points follow. */
const AWAY = 4
/** The same from which on sums are formed again: the layer's variance has lost two digits of seven. */
const FAR = 64

/**
 * Fixed points nearer the means where these are far from the present ones, as biases are or a layer that dies: float32
 * sums of squares would consist of the distance, and the variance would drown in their rounding. That is asked of a layer
 * as a whole, because k is a matter of the rounding beside the trace: a feature that hardly varies does not change it, and
 * points other than zero have to be subtracted from every row.
 * @returns the points to use from now on, and whether the present ones are so far away that sums are to be formed again.
 */
function approachMean(shift: Float32Array, sums: Sums | SketchSums): { points: Float32Array; far: boolean } {
  const { count, sum } = sums
  const distance = (i: number): number => sum[i]! / count
  // Squares out of float32's range: the distance may be why.
  const variance = (i: number): number => {
    const square = squareOf(sums, i) / count
    return square === Infinity ? 0 : Math.max(0, square - distance(i) ** 2)
  }
  let [distances, variances] = [0, 0]
  for (let i = 0; i < shift.length; i++) {
    distances += distance(i) ** 2
    variances += variance(i)
  }
  if (!(distances > AWAY * variances)) return { points: shift, far: false }
  let points = shift
  for (let i = 0; i < shift.length; i++) {
    const point = Math.fround(shift[i]! + distance(i))
    if (!(distance(i) ** 2 > AWAY * variance(i)) || !Number.isFinite(point) || point === shift[i]) continue
    if (points === shift) points = shift.slice()
    points[i] = point
  }
  return { points, far: points !== shift && distances > FAR * variances }
}
