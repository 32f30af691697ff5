import type { GramSums, SketchSums } from '../../saturation/accumulator.ts'
import { untracked } from '../tfjs/untracked.ts'
import type { Engine, Tensor } from '../tfjs/tfjs.ts'
import { pickRows, type Sample } from './rowSampling.ts'

/**
 * Samples and sums a layer's output on the training backend, unnoticed by the training's tape and memory management.
 */
export interface Summer {
  /** Copies out the sampled rows themselves, [rows × width]: for small samples, which are summed together later. */
  rows(output: Tensor, sample: Sample): Float32Array
  /** Sums the sampled rows, which stay on the backend. @param shift [width] */
  sums(output: Tensor, sample: Sample, shift: Float32Array): GramSums<Float32Array>
  /** Sums rows that were copied out earlier. @param rows [count × width] @param shift [width] */
  sumsOf(rows: Float32Array, shift: Float32Array): GramSums<Float32Array>
  /**
   * Sums rows that were copied out earlier, for a `Sketch`.
   * @param rows [count × width]
   * @param shift [width]
   * @param omega [width × columns]
   */
  sketchOf(rows: Float32Array, shift: Float32Array, omega: Float32Array): SketchSums<Float32Array>
}

/**
 * Size of the largest output, in numbers, that is copied out whole: below it, two ops that choose rows first cost more.
 */
export const MAX_NUMBERS_COPIED_WHOLE = 1 << 16

/** Sums on any backend, by the engine's kernels. */
export class PortableSummer implements Summer {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  rows(output: Tensor, sample: Sample): Float32Array {
    // Copied, because a backend may return its own memory.
    if (sample.rows * sample.width <= MAX_NUMBERS_COPIED_WHOLE) return pickRows(output.dataSync(), sample).slice()
    return untracked(this.#engine, () => this.#take(output, sample).dataSync().slice())
  }

  sums(output: Tensor, sample: Sample, shift: Float32Array): GramSums<Float32Array> {
    return untracked(this.#engine, () => this.#sum(this.#take(output, sample), shift))
  }

  sumsOf(rows: Float32Array, shift: Float32Array): GramSums<Float32Array> {
    const shape = [rows.length / shift.length, shift.length]
    return untracked(this.#engine, () => this.#sum(this.#engine.makeTensor(rows, shape, 'float32'), shift))
  }

  sketchOf(rows: Float32Array, shift: Float32Array, omega: Float32Array): SketchSums<Float32Array> {
    const width = shift.length
    const count = rows.length / width
    const columns = omega.length / width
    return untracked(this.#engine, () => {
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

  #sum(rows: Tensor, shift: Float32Array): GramSums<Float32Array> {
    const width = shift.length
    // A subtraction of zeros would be one more pass over all rows.
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
}
