import type { SketchSums } from '../../saturation/sketch/sketch.ts'
import type { Engine, Tensor } from '../tfjs/tfjs.ts'

/** Sums over a batch of feature vectors about a fixed point; the input of `Covariance.addSums`. */
export interface Sums {
  count: number
  /** [width] Σ (x − shift) */
  sum: Float32Array
  /** [width × width] Σ (x − shift)(x − shift)ᵀ, in its upper triangle at least */
  gram: Float32Array
}

/** Which rows of an output [rows, width] to take: every `stride`-th from `offset`. */
export interface Sample {
  rows: number
  width: number
  stride: number
  offset: number
}

/** Takes and sums a layer's output on the training backend, outside tape, tidy and the engine's books. */
export interface Summer {
  /** The sampled rows themselves, [rows × width]: copied out, for small samples that wait for others. */
  rows(output: Tensor, sample: Sample): Float32Array
  /** Sums of the sampled rows, which stay on the backend. @param shift [width] */
  sums(output: Tensor, sample: Sample, shift: Float32Array): Sums
  /** Sums of rows taken earlier. @param rows [count × width] @param shift [width] */
  sumsOf(rows: Float32Array, shift: Float32Array): Sums
  /** Sums of rows taken earlier, for a `Sketch`. @param rows [count × width] @param shift [width] @param omega [width × columns] */
  sketchOf(rows: Float32Array, shift: Float32Array, omega: Float32Array): SketchSums<Float32Array>
}

/** Outputs up to this many numbers are copied out whole: that is cheaper than two ops that choose rows first. */
export const COPIED_WHOLE = 1 << 16

/** The sampled rows of an output that was copied out whole, [rows × width]. */
export function pickRows(values: Float32Array, { width, stride, offset, rows }: Sample): Float32Array {
  if (stride === 1) return values
  const picked = new Float32Array(sampleSize({ width, stride, offset, rows }) * width)
  for (let row = offset, at = 0; row < rows; row += stride) {
    for (let from = row * width, end = from + width; from < end;) picked[at++] = values[from++]!
  }
  return picked
}

/** Rows of an output that is read as [rows, width]: everything but the last axis. */
export function rowsOf(shape: number[]): number {
  let rows = 1
  for (let i = 0; i < shape.length - 1; i++) rows *= shape[i]!
  return rows
}

/**
 * Chooses the rows of one step: all of them while they are at most `limit`, else an even sample whose offset moves
 * on every step, so that over time each position is met.
 * @param shape of the output, features last.
 * @param step rotates the offset.
 */
export function sampleRows(shape: number[], limit: number, step: number): Sample {
  const width = shape.at(-1) ?? 1
  const rows = rowsOf(shape)
  let stride = Math.max(1, Math.ceil(rows / Math.max(2, limit)))
  // A stride that shares a factor with the positions of one image would meet the same columns in every image.
  const positions = rows / (shape[0] || 1)
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

  rows(output: Tensor, sample: Sample): Float32Array {
    // A backend may hand out its own memory, so what it gives is copied.
    if (sample.rows * sample.width <= COPIED_WHOLE) return pickRows(output.dataSync(), sample).slice()
    return this.#offTheBooks(() => this.#take(output, sample).dataSync().slice())
  }

  sums(output: Tensor, sample: Sample, shift: Float32Array): Sums {
    return this.#offTheBooks(() => this.#sum(this.#take(output, sample), shift))
  }

  sumsOf(rows: Float32Array, shift: Float32Array): Sums {
    const shape = [rows.length / shift.length, shift.length]
    return this.#offTheBooks(() => this.#sum(this.#engine.makeTensor(rows, shape, 'float32'), shift))
  }

  sketchOf(rows: Float32Array, shift: Float32Array, omega: Float32Array): SketchSums<Float32Array> {
    const width = shift.length
    const count = rows.length / width
    const columns = omega.length / width
    return this.#offTheBooks(() => {
      const point = this.#engine.makeTensor(shift, [1, width], 'float32')
      const a = this.#engine.runKernel('Sub', { a: this.#engine.makeTensor(rows, [count, width], 'float32'), b: point })
      const x = this.#engine.runKernel('Reshape', { x: a }, { shape: [1, count, width] })
      const matrix = this.#engine.makeTensor(omega, [1, width, columns], 'float32')
      const ones = this.#engine.makeTensor(new Float32Array(count).fill(1), [1, count, 1], 'float32')
      const product = (a: Tensor, b: Tensor, transposeA: boolean): Tensor =>
        this.#engine.runKernel('BatchMatMul', { a, b }, { transposeA, transposeB: false })
      const products = product(x, product(x, matrix, false), true)
      const squares = product(ones, this.#engine.runKernel('Multiply', { a: x, b: x }), true)
      const values = (tensor: Tensor) => tensor.dataSync()
      return { count, sum: values(product(ones, x, true)), squares: values(squares), products: values(products) }
    })
  }

  #sum(rows: Tensor, shift: Float32Array): Sums {
    const width = shift.length
    // Subtracting zeros would pass over all rows once more.
    const x = shift.some((value) => value !== 0)
      ? this.#engine.runKernel('Sub', { a: rows, b: this.#engine.makeTensor(shift, [1, width], 'float32') })
      : rows
    const count = x.shape[0] ?? 0
    const batch = this.#engine.runKernel('Reshape', { x }, { shape: [1, count, width] })
    const product = { transposeA: true, transposeB: false }
    const gram = this.#engine.runKernel('BatchMatMul', { a: batch, b: batch }, product)
    const ones = this.#engine.makeTensor(new Float32Array(count).fill(1), [1, count, 1], 'float32')
    const sum = this.#engine.runKernel('BatchMatMul', { a: ones, b: batch }, product)
    return { count, sum: sum.dataSync(), gram: gram.dataSync() }
  }

  #take(output: Tensor, { rows, width, stride, offset }: Sample): Tensor {
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
