import type { Engine, Tensor } from './tfjs.ts'

/** Sums over a batch of feature vectors about a fixed point; the input of `Covariance.addSums`. */
export interface Sums {
  count: number
  /** [width] Σ (x − shift) */
  sum: Float32Array
  /** [width × width] Σ (x − shift)(x − shift)ᵀ */
  gram: Float32Array
}

/** Which rows of an output [rows, width] to take: every `stride`-th from `offset`. */
export interface Sample {
  rows: number
  width: number
  stride: number
  offset: number
}

/** Computes the sums of a layer's output on the training backend, outside tape, tidy and the engine's books. */
export interface Summer {
  /** @param shift [width], or null to take the first rows' mean and return it. */
  sums(output: Tensor, sample: Sample, shift: Float32Array): Sums
  /** Mean of the sampled rows: the fixed point to use from now on. */
  mean(output: Tensor, sample: Sample): Float32Array
}

/**
 * Chooses the rows of one step: all of them while they are at most `limit`, else an even sample whose offset moves
 * on every step, so that over time each position is met.
 * @param shape of the output, features last.
 * @param step rotates the offset.
 */
export function sampleRows(shape: number[], limit: number, step: number): Sample {
  const width = shape.at(-1) ?? 1
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1)
  let stride = Math.max(1, Math.ceil(rows / Math.max(2, limit)))
  // A stride that shares a factor with the positions of one image would meet the same columns in every image.
  const positions = shape.slice(1, -1).reduce((product, size) => product * size, 1)
  while (stride > 1 && commonDivisor(stride, positions) > 1) stride++
  if (rows / stride < 2) stride = 1
  return { rows, width, stride, offset: stride === 1 ? 0 : (step * 7919) % stride }
}

/** Number of rows a sample takes. */
export function sampleSize({ rows, stride, offset }: Sample): number {
  return Math.ceil((rows - offset) / stride)
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

/** On any backend: the engine's kernels, with the tape off (`kernelDepth`) and every tensor freed (`tidy`). */
export class PortableSummer implements Summer {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  sums(output: Tensor, sample: Sample, shift: Float32Array): Sums {
    return this.#offTheBooks(() => {
      const { width } = sample
      const point = this.#engine.makeTensor(shift, [1, width], 'float32')
      const x = this.#engine.runKernel('Sub', { a: this.#rows(output, sample), b: point })
      const count = x.shape[0] ?? 0
      const batch = this.#engine.runKernel('Reshape', { x }, { shape: [1, count, width] })
      const product = { transposeA: true, transposeB: false }
      const gram = this.#engine.runKernel('BatchMatMul', { a: batch, b: batch }, product)
      const ones = this.#engine.makeTensor(new Float32Array(count).fill(1), [1, count, 1], 'float32')
      const sum = this.#engine.runKernel('BatchMatMul', { a: ones, b: batch }, product)
      return { count, sum: sum.dataSync(), gram: gram.dataSync() }
    })
  }

  mean(output: Tensor, sample: Sample): Float32Array {
    const { count, sum } = this.sums(output, sample, new Float32Array(sample.width))
    return sum.map((value) => value / count)
  }

  #rows(output: Tensor, { rows, width, stride, offset }: Sample): Tensor {
    const x = this.#engine.runKernel('Reshape', { x: output }, { shape: [rows, width] })
    if (stride === 1) return x
    const masks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 }
    const range = { begin: [offset, 0], end: [rows, width], strides: [stride, 1] }
    return this.#engine.runKernel('StridedSlice', { x }, { ...range, ...masks })
  }

  #offTheBooks<T>(f: () => T): T {
    this.#engine.state.kernelDepth++
    try {
      return this.#engine.tidy(f)
    } finally {
      this.#engine.state.kernelDepth--
    }
  }
}
