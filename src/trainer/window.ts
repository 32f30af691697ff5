import { Covariance } from '../saturation/covariance.ts'
import type { Tensor } from './tfjs.ts'
import { sampleRows, sampleSize, type Summer, type Sums } from './gram.ts'

/** Small samples wait until there are this many rows, or as many as features: a Gram matrix costs the same for a few. */
const ROWS_AT_ONCE = 512

/**
 * One layer's covariance in one split over the present window (an epoch, or the run where no epochs are known).
 *
 * A step's sample of a dense layer is a few rows, and summing, reading back and merging [width × width] numbers for
 * them would cost more than the layer itself. Such rows are copied out and summed together later; all of them enter.
 */
export class Window {
  covariance: Covariance
  /** Feature vectors the layer produced. */
  seen = 0
  /** Observations left out because their batch held NaN or infinity. */
  rejected = 0
  /** Observations that have come since the window was last reported. */
  fresh = 0
  readonly #summer: Summer
  readonly #onRejected: (step: number) => void
  readonly #capacity: number
  #shift: Float32Array | null = null
  /** [#capacity × width] rows that wait, and the steps they are from. */
  #waiting: Float32Array | null = null
  #batches: { step: number; rows: number }[] = []
  #rows = 0

  /** @param onRejected told of each step whose batch held NaN or infinity and was left out. */
  constructor(width: number, summer: Summer, onRejected: (step: number) => void) {
    this.covariance = new Covariance(width)
    this.#summer = summer
    this.#onRejected = onRejected
    this.#capacity = Math.max(ROWS_AT_ONCE, width)
  }

  /** Observations that are in the covariance or wait to be. */
  get count(): number {
    return this.covariance.count + this.#rows
  }

  /**
   * Takes in a layer's output.
   * @param limit rows to take at most.
   */
  add(output: Tensor, limit: number, step: number): void {
    const sample = sampleRows(output.shape, limit, step)
    const count = sampleSize(sample)
    this.seen += sample.rows
    this.fresh += count
    this.#shift ??= finiteMean(this.#summer.rows(output, sample), sample.width)
    if (count >= this.#capacity) {
      const sums = this.#summer.sums(output, sample, this.#shift)
      if (!this.#merge(sums, this.#shift)) this.#reject(count, step)
      return
    }
    if (this.#rows + count > this.#capacity) this.settle()
    this.#waiting ??= new Float32Array(this.#capacity * sample.width)
    this.#waiting.set(this.#summer.rows(output, sample), this.#rows * sample.width)
    this.#batches.push({ step, rows: count })
    this.#rows += count
  }

  /** Brings the rows that wait into the covariance. */
  settle(): void {
    if (this.#rows === 0 || !this.#waiting || !this.#shift) return
    const { width } = this.covariance
    const rows = this.#waiting.subarray(0, this.#rows * width)
    // One batch with NaN in it must not take the others along.
    if (!this.#merge(this.#summer.sumsOf(rows, this.#shift), this.#shift)) this.#settleEach(rows)
    this.#batches.length = 0
    this.#rows = 0
  }

  /** Starts the next window, keeping the fixed point, which is still near the mean. */
  reset(): void {
    const { count, mean, width } = this.covariance
    this.#shift = count > 0 ? Float32Array.from(mean) : null
    this.covariance = new Covariance(width)
    this.seen = this.rejected = this.fresh = this.#rows = 0
    this.#batches.length = 0
    this.#waiting = null
  }

  /** In float64 and on this thread: slow, but squares that are too large for float32 are no reason to leave a batch out. */
  #settleEach(rows: Float32Array): void {
    const { width } = this.covariance
    let at = 0
    for (const batch of this.#batches) {
      const part = rows.subarray(at, (at += batch.rows * width))
      const finite = part.every((value) => Number.isFinite(value))
      if (!finite || !this.covariance.addRows(part)) this.#reject(batch.rows, batch.step)
    }
  }

  #merge({ count, sum, gram }: Sums, shift: Float32Array): boolean {
    return this.covariance.addSums(count, shift, sum, gram)
  }

  #reject(count: number, step: number): void {
    this.rejected += count
    this.#onRejected(step)
  }
}

/** [width] mean of the rows; a first batch with NaN in it must not spoil the fixed point of all later ones. */
function finiteMean(rows: Float32Array, width: number): Float32Array {
  const mean = new Float64Array(width)
  for (let at = 0; at < rows.length;) for (let i = 0; i < width; i++) mean[i]! += rows[at++]!
  return Float32Array.from(mean, (sum) => (Number.isFinite(sum) ? (sum / rows.length) * width : 0))
}
