import type { Products } from '../../probing/losses.ts'
import type { Engine, Tensor } from '../tfjs/tfjs.ts'

/** A matrix of features on the backend, whose products the backend computes in float32. */
export class TensorProducts implements Products {
  readonly rows: number
  readonly features: number
  readonly #engine: Engine
  readonly #x: Tensor

  /** @param values [rows × features]; the matrix occupies memory of the backend until `dispose`. */
  constructor(engine: Engine, values: Float32Array, features: number) {
    this.#engine = engine
    this.features = features
    this.rows = values.length / features
    this.#x = engine.keep(engine.makeTensor(values, [1, this.rows, features], 'float32'))
  }

  scores(weights: Float64Array, columns: number): Float32Array {
    return this.#product(Float32Array.from(weights), [1, this.features, columns], false)
  }

  transposed(residuals: Float32Array, columns: number): Float32Array {
    return this.#product(residuals, [1, this.rows, columns], true)
  }

  dispose(): void {
    this.#x.dispose()
  }

  #product(values: Float32Array, shape: number[], transposeA: boolean): Float32Array {
    let result: Float32Array | null = null
    this.#engine.tidy(() => {
      const b = this.#engine.makeTensor(values, shape, 'float32')
      result = this.#engine.runKernel('BatchMatMul', { a: this.#x, b }, { transposeA, transposeB: false }).dataSync()
    })
    return result!
  }
}
