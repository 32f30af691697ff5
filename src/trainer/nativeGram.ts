import { sampleSize, type Sample, type Summer, type Sums } from './gram.ts'
import type { Backend, Binding, OpAttribute, Tensor } from './tfjs.ts'

/**
 * The sums on tfjs-node, through the addon directly: no Tensor objects, no profiler, no tape; a few microseconds an
 * op instead of tens. Every TensorFlow handle made here is deleted here.
 */
export class NativeSummer implements Summer {
  readonly #backend: Required<Backend>
  readonly #b: Binding
  /** Handles to delete at the end of the present call. */
  #handles: number[] = []

  constructor(backend: Required<Backend>) {
    this.#backend = backend
    this.#b = backend.binding
  }

  sums(output: Tensor, sample: Sample, shift: Float32Array): Sums {
    return this.#scoped(() => {
      const point = this.#floats([1, sample.width], shift)
      const x = this.#run('Sub', [this.#type('T')], [this.#rows(output, sample), point])
      const gram = this.#run(
        'MatMul',
        [this.#type('T'), this.#flag('transpose_a', true), this.#flag('transpose_b', false)],
        [x, x],
      )
      const count = sampleSize(sample)
      return { count, sum: this.#b.tensorDataSync(this.#sum(x)), gram: this.#b.tensorDataSync(gram) }
    })
  }

  mean(output: Tensor, sample: Sample): Float32Array {
    return this.#scoped(() => {
      const attributes = [this.#flag('keep_dims', false), this.#type('T'), this.#type('Tidx', this.#b.TF_INT32)]
      return this.#b.tensorDataSync(this.#run('Mean', attributes, [this.#rows(output, sample), this.#ints([0])]))
    })
  }

  #sum(x: number): number {
    const attributes = [this.#flag('keep_dims', false), this.#type('T'), this.#type('Tidx', this.#b.TF_INT32)]
    return this.#run('Sum', attributes, [x, this.#ints([0])])
  }

  #rows(output: Tensor, { rows, width, stride, offset }: Sample): number {
    let [x] = this.#backend.getInputTensorIds([output]) as [number]
    if (output.shape.length !== 2) {
      x = this.#run(
        'Reshape',
        [this.#type('T'), this.#type('Tshape', this.#b.TF_INT32)],
        [x, this.#ints([rows, width])],
      )
    }
    if (stride === 1) return x
    const masks = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'].map((name) => ({
      name,
      type: this.#b.TF_ATTR_INT,
      value: 0,
    }))
    const range = [this.#ints([offset, 0]), this.#ints([rows, width]), this.#ints([stride, 1])]
    return this.#run('StridedSlice', [this.#type('T'), this.#type('Index', this.#b.TF_INT32), ...masks], [x, ...range])
  }

  #run(name: string, attributes: OpAttribute[], inputs: number[]): number {
    const [output] = this.#b.executeOp(name, attributes, inputs, 1) as [{ id: number }]
    this.#handles.push(output.id)
    return output.id
  }

  #ints(values: number[]): number {
    return this.#keep(this.#b.createTensor([values.length], this.#b.TF_INT32, Int32Array.from(values)))
  }

  #floats(shape: number[], values: Float32Array): number {
    return this.#keep(this.#b.createTensor(shape, this.#b.TF_FLOAT, values))
  }

  #keep(handle: number): number {
    this.#handles.push(handle)
    return handle
  }

  #type(name: string, value = this.#b.TF_FLOAT): OpAttribute {
    return { name, type: this.#b.TF_ATTR_TYPE, value }
  }

  #flag(name: string, value: boolean): OpAttribute {
    return { name, type: this.#b.TF_ATTR_BOOL, value }
  }

  #scoped<T>(f: () => T): T {
    try {
      return f()
    } finally {
      for (const handle of this.#handles) this.#b.deleteTensor(handle)
      this.#handles = []
    }
  }
}
