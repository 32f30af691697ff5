import { weightContractions } from '../../model/axes/contractions.ts'
import type { Operation } from '../../model/axes/trace.ts'
import { normalisationOf } from '../../model/axes/normalisations.ts'
import { WeightViews } from '../../model/axes/weightViews.ts'
import { blocksOf } from '../../folding/axes/rows.ts'
import type { WeightPlace } from '../../folding/deriveRecipe.ts'
import type { Recipe } from '../../folding/recipe.ts'
import { Covariance } from '../../saturation/covariance.ts'
import { packCovariance, type PackedMoments } from '../../learned/packedMoments.ts'
import type { GramSums } from '../../saturation/accumulator.ts'
import { FLOAT32_EPSILON } from '../../saturation/linalg/precision.ts'
import { PortableSummer } from '../sampling/batchSums.ts'
import { approachMean } from '../sampling/fixedPoint.ts'
import { sampleRows, sampleSize } from '../sampling/rowSampling.ts'
import type { Engine, Tensor } from '../tfjs/tfjs.ts'
import { operationOf } from './operationOf.ts'

/** Feature vectors of one batch that are enough for the moments of a consumer's input: this many, or 4 per feature. */
const MIN_ROWS_PER_BATCH = 1024
const ROWS_PER_FEATURE = 4
/**
 * Feature vectors that are summed at once at least: fewer, as a dense layer has them in a batch, are collected before. A
 * Gram matrix is new memory of width² numbers each time, which is collected late.
 */
const MIN_ROWS_PER_SUM = 512

/** What is known of the input of one consumer so far. */
interface Input {
  readonly covariance: Covariance
  /** [blocks × units] Indices of the axis, block by block; null where they are all of them in their order. */
  readonly indices: Int32Array | null
  /** [at most MIN_ROWS_PER_SUM × width] Rows that wait to be summed; null where there were none so far. */
  pending: Float32Array | null
  pendingRows: number
  /** [width] */
  shift: Float32Array
  batches: number
  isFinite: boolean
}

/**
 * Measures the features that reach the consumers of a recipe, in forward passes of our own: the mean and covariance of
 * what each weight is contracted with, at each position, time step and gate alike.
 */
export class ConsumerMoments {
  readonly #engine: Engine
  /** By weight, axis and part: ids of consumers. */
  readonly #consumers = new Map<string, string[]>()
  /** By the weight that scales, or shifts: ids of normalisations. */
  readonly #normalisations = new Map<string, string>()
  readonly #inputs = new Map<string, Input>()
  readonly #placeOf: (tensor: number) => WeightPlace | null
  readonly #summer: PortableSummer
  /** Kernels in progress, those of the measuring itself included: a kernel may run others. */
  #depth = 0

  /** @param placeOf by tensor id: the layer's weight; null for any other tensor */
  constructor(engine: Engine, recipe: Recipe, placeOf: (tensor: number) => WeightPlace | null) {
    this.#engine = engine
    this.#placeOf = placeOf
    this.#summer = new PortableSummer(engine)
    for (const consumer of recipe.consumers) {
      const weight = recipe.weights.find(({ layer, index }) => layer === consumer.layer && index === consumer.index)
      const axis = weight?.axes.find((each) => each.axis === consumer.axis && each.group === consumer.group)
      if (!axis) continue
      this.#inputs.set(consumer.id, newInput(axis.units))
      const key = keyOf(consumer, consumer)
      this.#consumers.set(key, [...(this.#consumers.get(key) ?? []), consumer.id])
    }
    for (const { id, group, scale, offset } of recipe.normalisations ?? []) {
      const place = (scale ?? offset)!
      const weight = recipe.weights.find(({ layer, index }) => layer === place.layer && index === place.index)
      const axis = weight?.axes.find((each) => each.group === group)
      if (!axis) continue
      this.#inputs.set(id, newInput(axis.units))
      this.#normalisations.set(`${place.layer} ${place.index}`, id)
    }
  }

  /** Runs a forward pass and measures it. All tensors that it makes are freed. @throws what the pass throws. */
  during(pass: () => void): void {
    const engine = this.#engine
    const views = new WeightViews((tensor) => this.#placeOf(tensor) !== null)
    const before = Object.getOwnPropertyDescriptor(engine, 'runKernel')
    const original = engine.runKernel
    const measured: Engine['runKernel'] = (kernel, inputs, attributes) => {
      this.#depth++
      let output
      try {
        output = original.call(engine, kernel, inputs, attributes)
        if (this.#depth === 1) this.#measure(operationOf(kernel, inputs, attributes ?? {}, output), inputs, views)
      } finally {
        this.#depth--
      }
      return output
    }
    Object.defineProperty(engine, 'runKernel', {
      value: measured,
      configurable: true,
      enumerable: false,
      writable: true,
    })
    try {
      engine.tidy(() => void pass())
    } finally {
      if (before) Object.defineProperty(engine, 'runKernel', before)
      else Reflect.deleteProperty(engine, 'runKernel')
    }
  }

  /**
   * Ends the measuring. What it held is freed, so that there are never two copies of all covariances.
   * @returns moments by id of the consumer, of those that were reached. A NaN in the features makes the mean NaN.
   */
  moments(): Map<string, PackedMoments> {
    const moments = new Map<string, PackedMoments>()
    for (const [id, input] of this.#inputs) {
      this.#inputs.delete(id)
      this.#sumPending(input)
      const { covariance, isFinite } = input
      if (covariance.count === 0 && isFinite) continue
      // As it is kept in a file, so that a proof in this run and one in a later run find the same.
      const packed = packCovariance(covariance)
      moments.set(id, isFinite ? packed : { ...packed, mean: new Float64Array(covariance.width).fill(NaN) })
    }
    return moments
  }

  #measure(operation: Operation, inputs: Readonly<Record<string, Tensor>>, views: WeightViews): void {
    if (views.follow(operation) || !Object.values(operation.inputs).some((tensor) => views.viewOf(tensor))) return
    for (const contraction of weightContractions(operation, views)) {
      const place = this.#placeOf(contraction.weight)!
      for (const id of this.#consumers.get(keyOf(place, contraction)) ?? [])
        this.#add(this.#inputs.get(id)!, inputs[contraction.input]!, contraction.inputAxis)
    }
    if (this.#normalisations.size > 0) this.#measureNormalised(operation, inputs, views)
  }

  #measureNormalised(operation: Operation, inputs: Readonly<Record<string, Tensor>>, views: WeightViews): void {
    const normalisation = normalisationOf(operation, views)
    const place = normalisation && this.#placeOf((normalisation.scale ?? normalisation.offset)!)
    const id = place && this.#normalisations.get(`${place.layer} ${place.index}`)
    if (!id) return
    const { x, mean, variance } = inputs as { x: Tensor; mean: Tensor; variance: Tensor }
    this.#engine.tidy(() => {
      const normalised = this.#engine.runKernel('FusedBatchNorm', { x, mean, variance }, operation.attributes)
      this.#add(this.#inputs.get(id)!, normalised, x.shape.length - 1)
    })
  }

  #add(input: Input, features: Tensor, axis: number): void {
    const { indices } = input
    const { width } = input.covariance
    this.#engine.tidy(() => {
      let x = features
      const last = x.shape.length - 1
      if (axis !== last) {
        const perm = [...x.shape.keys()].filter((other) => other !== axis)
        x = this.#engine.runKernel('Transpose', { x }, { perm: [...perm, axis] })
      }
      if (indices) {
        const at = this.#engine.makeTensor(indices as unknown as Float32Array, [indices.length], 'int32')
        x = this.#engine.runKernel('GatherV2', { x, indices: at }, { axis: last, batchDims: 0 })
      }
      const size = x.shape.reduce((all, each) => all * each, 1)
      // Positions of a flattened map are further observations of its channels.
      const shape = [x.shape[0]!, size / x.shape[0]! / width, width]
      const sample = sampleRows(shape, Math.max(MIN_ROWS_PER_BATCH, ROWS_PER_FEATURE * width), input.batches++)
      const rows = sampleSize(sample)
      if (rows >= MIN_ROWS_PER_SUM) return this.#sum(input, (shift) => this.#summer.sums(x, sample, shift))
      if (input.pendingRows + rows > MIN_ROWS_PER_SUM) this.#sumPending(input)
      input.pending ??= new Float32Array(MIN_ROWS_PER_SUM * width)
      input.pending.set(this.#summer.rows(x, sample), input.pendingRows * width)
      input.pendingRows += rows
    })
  }

  #sumPending(input: Input): void {
    const { pending, pendingRows, covariance } = input
    if (!pending || pendingRows === 0) return
    const rows = pending.subarray(0, pendingRows * covariance.width)
    this.#sum(input, (shift) => this.#summer.sumsOf(rows, shift))
    input.pendingRows = 0
  }

  #sum(input: Input, sumsAbout: (shift: Float32Array) => GramSums): void {
    let { shift } = input
    let sums = sumsAbout(shift)
    const { point, resum } = approachMean(shift, sums)
    input.shift = point
    if (resum) sums = sumsAbout((shift = point))
    if (!input.covariance.addSums(shift, sums, FLOAT32_EPSILON)) input.isFinite = false
  }
}

/** @param units [size of the axis] the unit at each index, −1 for none */
function newInput(units: readonly number[]): Input {
  const blocks = blocksOf(units)
  const width = blocks[0]!.length
  const indices = blocks.flat()
  const isWhole = indices.length === units.length && indices.every((index, i) => index === i)
  return {
    covariance: new Covariance(width),
    indices: isWhole ? null : Int32Array.from(indices),
    pending: null,
    pendingRows: 0,
    shift: new Float32Array(width),
    batches: 0,
    isFinite: true,
  }
}

function keyOf(
  { layer, index }: WeightPlace,
  { axis, part }: { axis: number; part: readonly [number, number] | null },
): string {
  return [layer, index, axis, part?.join('-') ?? 'all'].join(' ')
}
