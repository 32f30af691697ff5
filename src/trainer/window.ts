import { Covariance } from '../saturation/covariance.ts'
import type { Tensor } from './tfjs.ts'
import { sampleRows, type Summer } from './gram.ts'

/**
 * One layer's covariance in one split over the present window (an epoch, or the run where no epochs are known).
 */
export class Window {
  covariance: Covariance
  /** Feature vectors the layer produced. */
  seen = 0
  /** Observations left out because their batch held NaN or infinity. */
  rejected = 0
  /** Observations that have come since the window was last reported. */
  fresh = 0
  #shift: Float32Array | null = null

  constructor(width: number) {
    this.covariance = new Covariance(width)
  }

  /**
   * Takes in a layer's output.
   * @param limit rows to take at most.
   * @returns false when the batch held NaN or infinity and was left out.
   */
  add(output: Tensor, summer: Summer, limit: number, step: number): boolean {
    const sample = sampleRows(output.shape, limit, step)
    this.seen += sample.rows
    this.#shift ??= finite(summer.mean(output, sample))
    const { count, sum, gram } = summer.sums(output, sample, this.#shift)
    this.fresh += count
    if (this.covariance.addSums(count, this.#shift, sum, gram)) return true
    this.rejected += count
    return false
  }

  /** Starts the next window, keeping the fixed point, which is still near the mean. */
  reset(): void {
    const mean = this.covariance.count > 0 ? Float32Array.from(this.covariance.mean) : null
    this.covariance = new Covariance(this.covariance.width)
    this.seen = this.rejected = this.fresh = 0
    this.#shift = mean
  }
}

/** A first batch with NaN in it must not spoil the fixed point of all later ones. */
function finite(shift: Float32Array): Float32Array {
  return shift.map((value) => (Number.isFinite(value) ? value : 0))
}
