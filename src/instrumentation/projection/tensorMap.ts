import type { AffineMap } from '../../saturation/units/affineMap.ts'
import type { Engine, Tensor } from '../tfjs/tfjs.ts'

/** An affine map on the backend: x ↦ (x − c) M + c for each feature vector of a tensor. */
export class TensorMap {
  readonly #engine: Engine
  readonly #width: number
  readonly #matrix: Tensor
  /** c; null where it is zero. */
  readonly #centre: Tensor | null

  /**
   * Copies a map to the backend, where it stays until `dispose`, whatever scope it is made in.
   * @param matrix [width × width] M of the map
   */
  constructor(engine: Engine, { width, centre }: AffineMap, matrix: Float64Array) {
    this.#engine = engine
    this.#width = width
    this.#matrix = this.#kept(matrix, [width, width])
    this.#centre = centre.some((entry) => entry !== 0) ? this.#kept(centre, [width]) : null
  }

  /**
   * The mapped tensor, of the same shape and type. The tensors in between belong to the caller's scope.
   * @param featureAxis axis that holds the features
   * @throws Error when the tensor has another width, or is not of float32.
   */
  apply(x: Tensor, featureAxis: number): Tensor {
    const width = x.shape[featureAxis]
    if (width !== this.#width) throw new Error(`a map of ${this.#width} features cannot be applied to ${width}`)
    if (x.dtype !== 'float32') throw new Error(`features of type ${x.dtype} cannot be projected`)
    const last = x.shape.length - 1
    if (featureAxis === last) return this.#applyToLast(x)
    const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== featureAxis)
    const there = [...others, featureAxis]
    const back = x.shape.map((_, axis) => there.indexOf(axis))
    return this.#run(
      'Transpose',
      { x: this.#applyToLast(this.#run('Transpose', { x }, { perm: there })) },
      { perm: back },
    )
  }

  dispose(): void {
    this.#matrix.dispose()
    this.#centre?.dispose()
  }

  #applyToLast(x: Tensor): Tensor {
    const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1)
    const deviations = this.#centre ? this.#run('Sub', { a: x, b: this.#centre }) : x
    const a = this.#run('Reshape', { x: deviations }, { shape: [1, rows, this.#width] })
    const b = this.#run('Reshape', { x: this.#matrix }, { shape: [1, this.#width, this.#width] })
    const product = this.#run('BatchMatMul', { a, b }, { transposeA: false, transposeB: false })
    const mapped = this.#run('Reshape', { x: product }, { shape: x.shape })
    return this.#centre ? this.#run('Add', { a: mapped, b: this.#centre }) : mapped
  }

  #run(kernel: string, inputs: Record<string, Tensor>, attributes: Record<string, unknown> = {}): Tensor {
    return this.#engine.runKernel(kernel, inputs, attributes)
  }

  #kept(values: Float64Array, shape: number[]): Tensor {
    return this.#engine.keep(this.#engine.makeTensor(Float32Array.from(values), shape, 'float32'))
  }
}
