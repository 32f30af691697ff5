import type { GramSums, SketchSums } from '../../saturation/accumulator.ts'
import type { Backend, Binding, OpAttribute, Tensor } from '../tfjs/tfjs.ts'
import { MAX_NUMBERS_COPIED_WHOLE, type Summer } from './batchSums.ts'
import { pickRows, sampleSize, type Sample } from './rowSampling.ts'

/**
 * Narrowest layer whose Gram matrix is made in strips. Each strip begins at the diagonal, so that most of the lower
 * triangle, which mirrors the upper one, is not computed. Narrower layers gain nothing by it.
 */
const MIN_WIDTH_OF_STRIPS = 1024
/** Strips that a wide layer's Gram matrix is made in. */
const STRIPS = 4

/** Attributes of the ops used. They are built once, because building them costs as much as a small op. */
interface Attributes {
  reshape: OpAttribute[]
  slice: OpAttribute[]
  subtract: OpAttribute[]
  product: OpAttribute[]
  project: OpAttribute[]
}

/**
 * Sums on tfjs-node, through the addon directly. Without Tensor objects, profiler and tape, an op has an overhead of a
 * few microseconds instead of tens. Every TensorFlow handle made here is deleted here.
 */
export class NativeSummer implements Summer {
  readonly #backend: Required<Backend>
  readonly #binding: Binding
  readonly #attributes: Attributes
  /** Handles to delete at the end of the present call. */
  #handles: number[] = []
  #ones = new Float32Array(0)

  constructor(backend: Required<Backend>) {
    this.#backend = backend
    this.#binding = backend.binding
    this.#attributes = attributes(this.#binding)
  }

  rows(output: Tensor, sample: Sample): Float32Array {
    if (sample.rows * sample.width <= MAX_NUMBERS_COPIED_WHOLE) {
      const [x] = this.#backend.getInputTensorIds([output]) as [number]
      return pickRows(this.#binding.tensorDataSync(x), sample)
    }
    return this.#scoped(() => this.#binding.tensorDataSync(this.#take(output, sample)))
  }

  sums(output: Tensor, sample: Sample, shift: Float32Array): GramSums<Float32Array> {
    return this.#scoped(() => this.#sum(this.#take(output, sample), sampleSize(sample), shift))
  }

  sumsOf(rows: Float32Array, shift: Float32Array): GramSums<Float32Array> {
    const count = rows.length / shift.length
    return this.#scoped(() => this.#sum(this.#floats([count, shift.length], rows), count, shift))
  }

  sketchOf(rows: Float32Array, shift: Float32Array, omega: Float32Array): SketchSums<Float32Array> {
    const width = shift.length
    const count = rows.length / width
    return this.#scoped(() => {
      const { subtract, project, product } = this.#attributes
      const x = this.#run('Sub', subtract, [this.#floats([count, width], rows), this.#floats([1, width], shift)])
      const projected = this.#run('BatchMatMulV2', project, [x, this.#floats([width, omega.length / width], omega)])
      return {
        count,
        sum: this.#total(x, count),
        squares: this.#total(this.#run('Square', subtract, [x]), count),
        products: this.#binding.tensorDataSync(this.#run('BatchMatMulV2', product, [x, projected])),
      }
    })
  }

  #sum(rows: number, count: number, shift: Float32Array): GramSums<Float32Array> {
    // A subtraction of zeros would take longer than the matrix product of many rows of few features.
    const x = shift.some((value) => value !== 0)
      ? this.#run('Sub', this.#attributes.subtract, [rows, this.#floats([1, shift.length], shift)])
      : rows
    return { count, sum: this.#total(x, count), gram: this.#gram(x, count, shift.length) }
  }

  /** Sums all rows, [width], by a product with ones. It takes two thirds of the time of the backend's own sum. */
  #total(rows: number, count: number): Float32Array {
    if (this.#ones.length < count) this.#ones = new Float32Array(count).fill(1)
    const ones = this.#floats([1, count], this.#ones.subarray(0, count))
    return this.#binding.tensorDataSync(this.#run('BatchMatMulV2', this.#attributes.project, [ones, rows]))
  }

  #gram(x: number, rows: number, width: number): Float32Array {
    const product = (left: number, right: number) =>
      this.#binding.tensorDataSync(this.#run('BatchMatMulV2', this.#attributes.product, [left, right]))
    if (width < MIN_WIDTH_OF_STRIPS) return product(x, x)
    const gram = new Float32Array(width * width)
    const height = Math.ceil(width / STRIPS)
    for (let from = 0; from < width; from += height) {
      const to = Math.min(width, from + height)
      const strip = product(this.#slice(x, [0, from], [rows, to]), this.#slice(x, [0, from], [rows, width]))
      const length = width - from
      for (let i = from; i < to; i++)
        gram.set(strip.subarray((i - from) * length, (i - from + 1) * length), i * width + from)
    }
    return gram
  }

  #take(output: Tensor, { rows, width, stride, offset }: Sample): number {
    let [x] = this.#backend.getInputTensorIds([output]) as [number]
    if (output.shape.length !== 2) x = this.#run('Reshape', this.#attributes.reshape, [x, this.#ints([rows, width])])
    return stride === 1 ? x : this.#slice(x, [offset, 0], [rows, width], stride)
  }

  /** Slices a matrix from the corner `begin` to the corner `end`: every `stride`-th row, all columns. */
  #slice(x: number, begin: [number, number], end: [number, number], stride = 1): number {
    const range = [begin, end, [stride, 1]].map((values) => this.#ints(values))
    return this.#run('StridedSlice', this.#attributes.slice, [x, ...range])
  }

  #run(name: string, opAttributes: OpAttribute[], inputs: number[]): number {
    const [output] = this.#binding.executeOp(name, opAttributes, inputs, 1) as [{ id: number }]
    return this.#keep(output.id)
  }

  #ints(values: number[]): number {
    return this.#keep(this.#binding.createTensor([values.length], this.#binding.TF_INT32, Int32Array.from(values)))
  }

  #floats(shape: number[], values: Float32Array): number {
    return this.#keep(this.#binding.createTensor(shape, this.#binding.TF_FLOAT, values))
  }

  #keep(handle: number): number {
    this.#handles.push(handle)
    return handle
  }

  #scoped<T>(f: () => T): T {
    try {
      return f()
    } finally {
      for (const handle of this.#handles) this.#binding.deleteTensor(handle)
      this.#handles.length = 0
    }
  }
}

function attributes(b: Binding): Attributes {
  const type = (name: string, value = b.TF_FLOAT): OpAttribute => ({ name, type: b.TF_ATTR_TYPE, value })
  const flag = (name: string, value: boolean): OpAttribute => ({ name, type: b.TF_ATTR_BOOL, value })
  const mask = (name: string): OpAttribute => ({ name, type: b.TF_ATTR_INT, value: 0 })
  const masks = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'].map(mask)
  return {
    reshape: [type('T'), type('Tshape', b.TF_INT32)],
    slice: [type('T'), type('Index', b.TF_INT32), ...masks],
    subtract: [type('T')],
    // The products are BatchMatMulV2's, which the library itself uses: TensorFlow's MatMul with a transposed factor
    // corrupts the heap of a process under V8's CPU profiler.
    product: [type('T'), flag('adj_x', true), flag('adj_y', false)],
    project: [type('T'), flag('adj_x', false), flag('adj_y', false)],
  }
}
