import type { Accumulator, BatchSums } from '../../saturation/accumulator.ts'
import { Covariance } from '../../saturation/covariance.ts'
import { Sketch } from '../../saturation/sketch/sketch.ts'
import type { Tensor } from '../tfjs/tfjs.ts'
import type { Summer } from './batchSums.ts'
import type { Sample } from './rowSampling.ts'

/**
 * Fewest rows that are summed together, where a layer's samples are smaller. Rows are collected until there are this
 * many, or as many as features, because a Gram matrix of fewer rows costs as much.
 */
const MIN_ROWS_PER_SUM = 512
/** Most rows of a narrow layer that are summed together. */
const MAX_ROWS_PER_SUM = 2048
/** Size of a narrow layer's buffer of rows, in numbers of 4 bytes: a quarter of a megabyte. */
const NARROW_BUFFER_NUMBERS = 1 << 16
/** Largest size of a sketched layer's buffer of rows, in numbers of 4 bytes: 32 MB. */
const MAX_SKETCH_BUFFER_NUMBERS = 1 << 23

/** Sums batches on the training backend in the form that one accumulator takes. */
export interface BatchSummation {
  readonly accumulator: Accumulator
  /** Rows that are collected before they are summed. */
  readonly capacity: number
  /** Sums the sampled rows of a layer's output about a fixed point. @param shift [width] */
  ofOutput(output: Tensor, sample: Sample, shift: Float32Array): BatchSums
  /** Sums rows that were copied out about a fixed point. @param rows [count × width] @param shift [width] */
  ofRows(rows: Float32Array, shift: Float32Array): BatchSums
}

/** Chooses between a covariance and a sketch. @param exactWidth the widest layer that is to have a covariance */
export function summationFor(width: number, exactWidth: number, summer: Summer): BatchSummation {
  return width > exactWidth ? new SketchSummation(width, summer) : new CovarianceSummation(width, summer)
}

class CovarianceSummation implements BatchSummation {
  readonly accumulator: Covariance
  readonly capacity: number
  readonly #summer: Summer

  constructor(width: number, summer: Summer) {
    this.accumulator = new Covariance(width)
    const narrow = Math.min(MAX_ROWS_PER_SUM, Math.floor(NARROW_BUFFER_NUMBERS / width))
    this.capacity = Math.max(MIN_ROWS_PER_SUM, width, narrow)
    this.#summer = summer
  }

  ofOutput(output: Tensor, sample: Sample, shift: Float32Array): BatchSums {
    return this.#summer.sums(output, sample, shift)
  }

  ofRows(rows: Float32Array, shift: Float32Array): BatchSums {
    return this.#summer.sumsOf(rows, shift)
  }
}

class SketchSummation implements BatchSummation {
  readonly accumulator: Sketch
  readonly capacity: number
  readonly #summer: Summer

  constructor(width: number, summer: Summer) {
    this.accumulator = new Sketch(width)
    this.capacity = Math.min(MIN_ROWS_PER_SUM, Math.max(1, Math.floor(MAX_SKETCH_BUFFER_NUMBERS / width)))
    this.#summer = summer
  }

  ofOutput(output: Tensor, sample: Sample, shift: Float32Array): BatchSums {
    return this.ofRows(this.#summer.rows(output, sample), shift)
  }

  ofRows(rows: Float32Array, shift: Float32Array): BatchSums {
    return this.#summer.sketchOf(rows, shift, this.accumulator.omega)
  }
}
