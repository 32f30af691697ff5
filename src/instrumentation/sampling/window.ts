import type { Accumulator, BatchSums } from '../../saturation/accumulator.ts'
import { FLOAT32_EPSILON } from '../../saturation/linalg/precision.ts'
import { DEFAULT_OPTIONS, type MeasureOptions } from '../../protocol/measureOptions.ts'
import { areEnough, EFFECTIVE_PER_FEATURE, OBSERVATIONS_PER_FEATURE } from '../../run/sufficiency.ts'
import type { Tensor } from '../tfjs/tfjs.ts'
import type { Summer } from './batchSums.ts'
import { summationFor, type BatchSummation } from './batchSummation.ts'
import { EvenSample } from './evenSample.ts'
import { ExampleLog } from './independence/exampleLog.ts'
import { approachMean, underflows } from './fixedPoint.ts'
import { RowRelations } from './independence/rowRelations.ts'
import { pickRows, sampleRows, sampleSize, type Sample } from './rowSampling.ts'

/**
 * Most moves of the fixed point for one batch. A mean in the millions is known to its first digits only after the
 * first.
 */
const MAX_MOVES_PER_BATCH = 3

/**
 * Observations per feature after which a window ends though they are worth too few. If fewer than one in 50 counts, the
 * window has one part that hardly varies and another that does, such as before and after a layer dies. The next window
 * then tells more than this one ever would.
 */
const MAX_OBSERVATIONS_PER_FEATURE = 50 * EFFECTIVE_PER_FEATURE

/** Rows from one output that wait to be summed. */
interface PendingBatch {
  /** Training step, from 0. */
  step: number
  rows: number
}

/**
 * One layer's observations in one split over the present window. A window is an epoch, as many epochs as it takes to
 * judge the layer, or the run where there are no epochs.
 *
 * A step's sample of a dense layer is a few rows. To sum them, read the sums back and merge [width × width] numbers
 * would cost more than the layer itself, so such rows are copied out and summed together later. None of them is lost.
 */
export class Window {
  /** A covariance; a sketch of it where the layer is wider than the options' `exactWidth`. */
  readonly accumulator: Accumulator
  /** Feature vectors that the layer produced. */
  seen = 0
  /** Feature vectors in the latest output. */
  rowsPerOutput = 0
  /** Feature vectors that the layer makes of an example. */
  #rowsPerExample = 0
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
  readonly #options: MeasureOptions
  readonly #summer: Summer
  readonly #summation: BatchSummation
  readonly #onRejected: (step: number) => void
  readonly #stagger: number
  /** Number of pending rows above which they are summed. */
  #flushAbove: number
  /** [width] The fixed point that sums are formed about: zero as long as it is near enough to each feature's mean. */
  #shift: Float32Array
  /** [capacity × width] Rows that wait to be summed. */
  #pending: Float32Array | null = null
  #pendingBatches: PendingBatch[] = []
  #pendingRows = 0
  /** Rows to embed at the window's end; null where no embedding was asked for. */
  #sample: EvenSample | null
  readonly #relations: RowRelations
  /** Effective observations of each observation, as last computed. */
  #ratio = 1

  /**
   * @param onRejected called with each step whose batch held NaN or infinity and was left out.
   * @param stagger in (0, 1]: share of the usual number of rows after which the first are summed. Otherwise all layers
   *   of one width would sum in the same step, and that step would be noticeably slow.
   * @param examples which examples were trained on; empty where that is not known
   */
  constructor(
    width: number,
    summer: Summer,
    onRejected: (step: number) => void,
    options = DEFAULT_OPTIONS,
    stagger = 1,
    examples = new ExampleLog(),
  ) {
    this.#options = options
    this.#sample = this.#newSample()
    this.#summation = summationFor(width, options.exactWidth, summer)
    this.accumulator = this.#summation.accumulator
    this.#shift = new Float32Array(width)
    this.#summer = summer
    this.#stagger = stagger
    this.#onRejected = onRejected
    this.#flushAbove = this.#summation.capacity * stagger
    this.#relations = new RowRelations(width, summer, examples)
  }

  /** [any × width] An even sample of the window's rows; null where none was asked for. */
  get sample(): Float32Array | null {
    return this.#sample?.rows() ?? null
  }

  /** Observations that are in the accumulator, or wait to be. */
  get count(): number {
    return this.accumulator.count + this.#pendingRows
  }

  /** Observations from which on the window may be enough to judge the layer, as far as is known without counting. */
  get needed(): number {
    const { width } = this.accumulator
    const perFeature = Math.max(OBSERVATIONS_PER_FEATURE, EFFECTIVE_PER_FEATURE / this.#ratio)
    const most = this.#options.maxObservations ?? Infinity
    return Math.min(perFeature * width, MAX_OBSERVATIONS_PER_FEATURE * width, most)
  }

  /**
   * Whether the window holds enough observations to judge the layer, or as many as the options allow. Rejected ones
   * count as well: otherwise a layer that gives nothing but NaN would never have enough. Sums the pending rows.
   * @param epochs that the window covers
   */
  isFull(epochs: number): boolean {
    const { width } = this.accumulator
    const { maxObservations } = this.#options
    const plain = this.count + this.rejected
    if (plain >= (maxObservations ?? Infinity)) return true
    if (plain < OBSERVATIONS_PER_FEATURE * width) return false
    if (this.rejected > 0 || plain >= MAX_OBSERVATIONS_PER_FEATURE * width) return true
    return areEnough(plain, width, this.effective(epochs))
  }

  /**
   * The number of independent observations that the window's are worth. Sums the pending rows.
   * @param epochs that the window covers
   */
  effective(epochs: number): number {
    this.flush()
    const effective = this.#relations.effective(this.accumulator, epochs)
    if (effective > 0) this.#ratio = effective / this.accumulator.count
    return effective
  }

  /**
   * Adds a sample of a layer's output.
   * @param limit most rows to take.
   * @param step from 0
   * @param examples of the batch
   */
  add(output: Tensor, limit: number, step: number, examples = output.shape[0] ?? 1): void {
    const left = (this.#options.maxObservations ?? Infinity) - this.count
    const sample = sampleRows(output.shape, Math.min(limit, left), step)
    const count = sampleSize(sample)
    this.seen += sample.rows
    this.rowsPerOutput = sample.rows
    this.#rowsPerExample = sample.rows / examples
    if (count > left) return
    this.fresh += count
    this.total += count
    this.firstStep ??= step + 1
    if (count >= this.#summation.capacity) this.#sumNow(output, sample, step)
    else this.#sumLater(output, sample, step)
  }

  /** The layer made an output of which nothing is taken. @param examples of the batch */
  skip(examples: number): void {
    this.seen += this.#rowsPerExample * examples
  }

  /** Sums the pending rows into the accumulator. */
  flush(): void {
    if (this.#pendingRows === 0 || !this.#pending) return
    const rows = this.#pending.subarray(0, this.#pendingRows * this.accumulator.width)
    // If a batch has NaN in it, the batches are added one by one, so that only this one is rejected.
    if (!this.#merge((shift) => this.#summation.ofRows(rows, shift))) this.#addEach(rows)
    this.#pendingBatches.length = 0
    this.#pendingRows = 0
  }

  /** Starts the next window. The fixed point stays, because it is still near the mean. */
  reset(): void {
    this.accumulator.clear()
    this.seen = this.rejected = this.fresh = this.epochsEnded = this.#pendingRows = 0
    this.firstStep = null
    this.#pendingBatches.length = 0
    this.#pending = null
    this.#flushAbove = this.#summation.capacity * this.#stagger
    this.#sample = this.#newSample()
    this.#relations.clear()
  }

  #sumNow(output: Tensor, sample: Sample, step: number): void {
    const count = sampleSize(sample)
    this.#relations.add(output, sample, step, null)
    this.#keepSome(count, sample.width, (wanted) => this.#summer.rows(output, sampleRows(output.shape, wanted, step)))
    if (!this.#merge((shift) => this.#summation.ofOutput(output, sample, shift)))
      this.#addExactly(this.#summer.rows(output, sample), { step, rows: count })
  }

  #sumLater(output: Tensor, sample: Sample, step: number): void {
    const { capacity } = this.#summation
    const { width } = sample
    const count = sampleSize(sample)
    if (this.#pendingRows + count > this.#flushAbove) {
      this.flush()
      this.#flushAbove = capacity
    }
    this.#pending ??= new Float32Array(capacity * width)
    const rows = this.#summer.rows(output, sample)
    this.#pending.set(rows, this.#pendingRows * width)
    this.#relations.add(output, sample, step, rows)
    this.#keepSome(count, width, (wanted) => pickRows(rows, everyNth(count / wanted, count, width)))
    this.#pendingBatches.push({ step, rows: count })
    this.#pendingRows += count
  }

  #newSample(): EvenSample | null {
    const { embedding } = this.#options
    return embedding === null ? null : new EvenSample(embedding)
  }

  /** Adds some of the present rows to the even sample. @param take reads about so many of them. */
  #keepSome(count: number, width: number, take: (wanted: number) => Float32Array): void {
    if (!this.#sample) return
    const wanted = this.#sample.wanted(count)
    this.#sample.add(wanted > 0 ? take(wanted) : null, width, count)
  }

  #addEach(rows: Float32Array): void {
    let at = 0
    for (const batch of this.#pendingBatches)
      this.#addExactly(rows.subarray(at, (at += batch.rows * this.accumulator.width)), batch)
  }

  /**
   * Adds rows in float64 on this thread, or rejects them. This is slow, but a batch whose squares exceed float32's
   * range need not be rejected.
   */
  #addExactly(rows: Float32Array, batch: PendingBatch): void {
    this.#fade(batch.rows)
    if (this.accumulator.addRows(rows)) return
    this.rejected += batch.rows
    this.#onRejected(batch.step)
  }

  /** In an exponential window, reduces the weight of earlier observations before `count` new ones are added. */
  #fade(count: number): void {
    const { window, halfLife } = this.#options
    if (window === 'exponential') this.accumulator.scale(2 ** (-count / halfLife))
  }

  /** @returns false when squares do not fit into float32, or a value is NaN or infinite. */
  #merge(sumAbout: (shift: Float32Array) => BatchSums): boolean {
    let shift = this.#shift
    let sums = sumAbout(shift)
    for (let moves = 0; moves < MAX_MOVES_PER_BATCH; moves++) {
      const { point, resum } = approachMean(shift, sums)
      this.#shift = point
      if (!resum) break
      shift = point
      sums = sumAbout(shift)
    }
    if (underflows(sums)) return false
    this.#fade(sums.count)
    return this.accumulator.addSums(shift, sums, FLOAT32_EPSILON)
  }
}

function everyNth(stride: number, rows: number, width: number): Sample {
  return { rows, width, stride: Math.max(1, Math.floor(stride)), offset: 0 }
}
