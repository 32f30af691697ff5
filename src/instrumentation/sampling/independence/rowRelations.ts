import type { Accumulator } from '../../../saturation/accumulator.ts'
import {
  effectiveObservations,
  sampleMoments,
  type Relations,
} from '../../../saturation/effective/effectiveObservations.ts'
import type { Tensor } from '../../tfjs/tfjs.ts'
import type { Summer } from '../batchSums.ts'
import type { ExampleLog, LogMark } from './exampleLog.ts'
import { PairSample } from './pairSample.ts'
import { sampleSize, type Sample } from '../rowSampling.ts'

/**
 * What a window knows of how its rows repeat or depend on each other: a small sample of them, and how many rows each
 * example has. From this follows how many independent observations the rows are worth.
 */
export class RowRelations {
  readonly #log: ExampleLog
  readonly #pairs: PairSample
  /** The moment of the window's first row. */
  #since: LogMark | null = null
  /** Rows that entered the window, of those that the layer produced in the measured steps. */
  #taken = 0
  #produced = 0
  /** Examples in the outputs of the measured steps. */
  #examples = 0
  /** Number of measured steps, and the latest. */
  #steps = 0
  #latestStep = -1

  constructor(width: number, summer: Summer, log: ExampleLog) {
    this.#log = log
    this.#pairs = new PairSample(width, summer)
  }

  /**
   * Notes one sample of a layer's output.
   * @param copied its rows, [rows × width], where they are on this thread; null otherwise
   */
  add(output: Tensor, sample: Sample, step: number, copied: Float32Array | null): void {
    this.#since ??= this.#log.mark()
    this.#taken += sampleSize(sample)
    this.#produced += sample.rows
    const examples = output.shape[0] || 1
    this.#examples += examples
    if (step !== this.#latestStep) this.#steps++
    this.#latestStep = step
    this.#pairs.add(output, examples === sample.rows && sample.stride === 1 ? copied : null)
  }

  clear(): void {
    this.#pairs.clear()
    this.#since = null
    this.#taken = this.#produced = this.#examples = this.#steps = 0
    this.#latestStep = -1
  }

  /**
   * The number of independent observations that a window's rows are worth. Where the output does not vary, it is the
   * number of rows: what never varies has no variance to be estimated.
   * @param epochs that the window covers: how often each example appears, where nothing else tells
   */
  effective(accumulator: Accumulator, epochs: number): number {
    const { count, mean } = accumulator
    if (count === 0 || accumulator.isConstant()) return count
    const moments = { trace: accumulator.trace(), squaredNorm: accumulator.squaredNorm() }
    const sample = sampleMoments(this.#pairs.rows(), mean, this.#pairs.paired)
    return effectiveObservations(count, moments, sample, this.#relations(count, epochs))
  }

  #relations(count: number, epochs: number): Relations {
    if (this.#taken === 0 || !this.#since) return { same: 1, related: 0 }
    const share = Math.min(1, this.#taken / this.#produced)
    const positions = this.#produced / this.#examples
    const shareOfSteps = Math.min(1, this.#steps / Math.max(1, this.#log.stepsSince(this.#since)))
    const repeats = this.#log.repeatsSince(this.#since) ?? Math.max(0, epochs - 1)
    // Rows of a row's own example in other steps, for each of its positions. In an exponential window old rows weigh
    // less, so `count` is less than the number of rows.
    const others = repeats * share * shareOfSteps * Math.min(1, count / this.#taken)
    return { same: 1 + others, related: Math.max(0, positions - 1) * (share + others) }
  }
}
