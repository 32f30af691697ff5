import { gaussian } from '../../../saturation/linalg/gaussian.ts'
import { hasKernel } from '../../backend/registry.ts'
import { untracked } from '../../tfjs/untracked.ts'
import type { Engine, Tensor } from '../../tfjs/tfjs.ts'

/** Kernels that fingerprints are computed by: old versions of TensorFlow.js lack some. */
const KERNELS = ['Cast', 'Reshape', 'BatchMatMul']
/** Numbers that each example is projected to. */
const PROJECTIONS = 2
/** Steps of a fingerprint's grid to a standard deviation of the first batch's projections. */
const STEPS_PER_DEVIATION = 4096
/**
 * Smallest step of the grid, relative to the projections' magnitude. Products of float32 numbers differ by rounding,
 * depending on where in its batch an example stands.
 */
const MIN_RELATIVE_STEP = 2 ** -18

/** Where a projection's grid lies. */
interface Grid {
  origin: number
  step: number
}

/**
 * Turns examples into fingerprints: equal examples get equal ones. An example is projected on two fixed random
 * vectors, by one matrix product on the backend, and the two numbers are rounded.
 */
export class Fingerprints {
  /** The random vectors as far as they were needed, [largest size × PROJECTIONS]. */
  #projections: Float32Array = new Float32Array(0)
  /** By the number of an example's values. It stays as the first batch sets it. */
  readonly #grids = new Map<number, Grid[]>()

  /** Returns one fingerprint for each example of [examples, ...]; null for what holds no numbers or no
   * examples, and where the backend lacks the kernels. */
  of(engine: Engine, input: Tensor): Uint32Array | null {
    const examples = input.shape[0] ?? 0
    const size = input.shape.slice(1).reduce((product, n) => product * n, 1)
    if (!KERNELS.every((kernel) => hasKernel(engine, kernel))) return null
    if (examples * size === 0 || !['float32', 'int32', 'bool'].includes(input.dtype)) return null
    const values = untracked(engine, () => {
      const x = input.dtype === 'float32' ? input : engine.runKernel('Cast', { x: input }, { dtype: 'float32' })
      const a = engine.runKernel('Reshape', { x }, { shape: [1, examples, size] })
      const b = engine.makeTensor(this.#vectors(size), [1, size, PROJECTIONS], 'float32')
      return engine.runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: false }).dataSync()
    })
    const grids = this.#gridsOf(values, size)
    const fingerprints = new Uint32Array(examples)
    for (let i = 0; i < examples; i++) {
      let hash = 0
      for (let p = 0; p < PROJECTIONS; p++) {
        const { origin, step } = grids[p]!
        hash = mixed(hash, Math.round((values[i * PROJECTIONS + p]! - origin) / step))
      }
      fingerprints[i] = hash
    }
    return fingerprints
  }

  /** [size × PROJECTIONS] */
  #vectors(size: number): Float32Array {
    const numbers = size * PROJECTIONS
    if (this.#projections.length < numbers) this.#projections = gaussian(numbers, 11)
    return this.#projections.subarray(0, numbers)
  }

  #gridsOf(values: Float32Array, size: number): Grid[] {
    let grids = this.#grids.get(size)
    if (!grids) {
      grids = Array.from({ length: PROJECTIONS }, (_, p) => gridFor(values.filter((_, i) => i % PROJECTIONS === p)))
      this.#grids.set(size, grids)
    }
    return grids
  }
}

/** Combines the fingerprints of several inputs of the same examples. */
export function combine(a: Uint32Array, b: Uint32Array): Uint32Array {
  return a.length === b.length ? a.map((value, i) => mixed(value, b[i]!)) : a
}

function gridFor(values: Float32Array): Grid {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  const magnitude = Math.max(...values.map(Math.abs))
  const step = Math.max(deviation / STEPS_PER_DEVIATION, magnitude * MIN_RELATIVE_STEP) || MIN_RELATIVE_STEP
  return { origin: Number.isFinite(mean) ? mean : 0, step: Number.isFinite(step) ? step : 1 }
}

/** Mixes an integer into a hash of 32 bits, as MurmurHash3 finishes its blocks. */
function mixed(hash: number, value: number): number {
  let h = Math.imul(hash ^ (value | 0), 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
