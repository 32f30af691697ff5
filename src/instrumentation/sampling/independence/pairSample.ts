import type { Tensor } from '../../tfjs/tfjs.ts'
import type { Summer } from '../batchSums.ts'
import { EvenSample } from '../evenSample.ts'
import { rowsOf } from '../rowSampling.ts'

/** Most rows that the sample keeps. */
const MAX_ROWS = 512
/** Most numbers that the sample keeps, 4 bytes each: half a megabyte. Wider layers than 256 keep fewer rows. */
const MAX_NUMBERS = 1 << 17
/** Fewest rows that the sample keeps of however wide a layer. */
const MIN_ROWS = 16

/**
 * An even sample of a window's rows, to tell how much they depend on each other. Where an example has several rows
 * (positions of an image, time steps), two of them at random positions are kept of each sampled example.
 */
export class PairSample {
  readonly #width: number
  readonly #summer: Summer
  #sample: EvenSample | null = null
  /** Whether an example has several rows. */
  #paired = false
  /** State of the generator of positions. */
  #random = 1

  constructor(width: number, summer: Summer) {
    this.#width = width
    this.#summer = summer
  }

  /** Whether `rows` holds pairs. */
  get paired(): boolean {
    return this.#paired
  }

  /** [any × width], or [any × 2 × width] */
  rows(): Float32Array {
    return this.#sample?.rows() ?? new Float32Array(0)
  }

  clear(): void {
    this.#sample = null
  }

  /**
   * Keeps some rows of a layer's output. @param copied [examples × width] all rows, where they are on this thread and
   * an example has one; null otherwise
   */
  add(output: Tensor, copied: Float32Array | null): void {
    const width = this.#width
    const rows = rowsOf(output.shape)
    const examples = output.shape[0] || 1
    const positions = rows / examples
    if (!this.#sample) {
      this.#paired = positions > 1
      const most = Math.max(MIN_ROWS, Math.min(MAX_ROWS, Math.floor(MAX_NUMBERS / width)))
      this.#sample = new EvenSample(this.#paired ? most / 2 : most)
    } else if (this.#paired !== positions > 1) return
    const wanted = this.#sample.wanted(examples)
    if (wanted === 0) return this.#sample.add(null, width, examples)
    const apart = Math.max(1, Math.floor(examples / wanted))
    if (copied) return this.#sample.add(everyNth(copied, width, apart), width, examples)
    const take = (position: number): Float32Array =>
      this.#summer.rows(output, { rows, width, stride: apart * positions, offset: position })
    if (!this.#paired) return this.#sample.add(take(0), width, examples)
    const position = this.#below(positions)
    const other = (position + 1 + this.#below(positions - 1)) % positions
    this.#sample.add(interleaved(take(position), take(other), width), 2 * width, examples)
  }

  /** A pseudo-random integer in [0, n). */
  #below(n: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#random / 2 ** 32) * n)
  }
}

function everyNth(rows: Float32Array, width: number, stride: number): Float32Array {
  if (stride === 1) return rows
  const count = Math.ceil(rows.length / width / stride)
  const picked = new Float32Array(count * width)
  for (let i = 0; i < count; i++) picked.set(rows.subarray(i * stride * width, (i * stride + 1) * width), i * width)
  return picked
}

/** [n × width] twice → [n × 2 × width] */
function interleaved(first: Float32Array, second: Float32Array, width: number): Float32Array {
  const pairs = new Float32Array(first.length + second.length)
  for (let from = 0; from < first.length; from += width) {
    pairs.set(first.subarray(from, from + width), 2 * from)
    pairs.set(second.subarray(from, from + width), 2 * from + width)
  }
  return pairs
}
