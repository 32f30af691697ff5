import type { Engine, Layer, LayerVariable, Tensor } from '../../tfjs/tfjs.ts'
import type { Chunk } from './chunks.ts'
import { examplesOf } from '../heldBatch.ts'
import { isNormaliser, type Model, type Normaliser } from '../fittedModel.ts'
import { forward } from './forward.ts'
import { layersWithin } from './undisturbed.ts'

/** Deviation of the means, in standard deviations of the batches, above which moving statistics lag behind. */
const MAX_MEAN_DEVIATION = 0.5
/** Factor between the variances above which moving statistics lag behind. */
const MAX_VARIANCE_FACTOR = 2
/** Added to variances that are compared, as normalisation itself does. */
const EPSILON = 1e-3

/** Mean and variance of each feature at a normalisation, in batches of the training. */
interface Statistics {
  examples: number
  /** [width] Weighted sums over batches: of the means, their squares, and the variances. */
  means: Float64Array
  squares: Float64Array
  variances: Float64Array
}

/**
 * Runs `f` while moving statistics of normalisations are those of batches of the training: of the model as it is now,
 * with other weights or projections. As in the training, each normalisation normalises its batch by itself, so all
 * statistics are found in one pass (Wu and Johnson 2021, "Rethinking 'Batch' in BatchNorm", section 3.1). The
 * moving statistics are put back to the bit. To be called within `undisturbed`.
 */
export function withRecalibrated<T>(engine: Engine, model: Model, training: readonly Chunk[], f: () => T): T {
  const normalisers = normalisersOf(model)
  if (normalisers.length === 0 || training.length === 0) return f()
  return restoring(engine, normalisers, () => {
    const statistics = statisticsOf(engine, model, normalisers, training)
    for (const layer of normalisers) {
      const found = statistics.get(layer)
      if (!found) continue
      const { mean, variance } = populationOf(found)
      assign(engine, layer.movingMean, mean)
      assign(engine, layer.movingVariance, variance)
    }
    return f()
  })
}

/**
 * Names of the normalisations whose moving statistics lag behind those of the training's batches, so that an evaluation
 * says less of the model than of its momentum. A momentum of .99 takes some 300 steps. To be called within
 * `undisturbed`.
 */
export function laggingNormalisers(engine: Engine, model: Model, training: readonly Chunk[]): string[] {
  const normalisers = normalisersOf(model)
  if (normalisers.length === 0 || training.length === 0) return []
  const now = normalisers.map((layer) => ({
    mean: valuesOf(layer.movingMean),
    variance: valuesOf(layer.movingVariance),
  }))
  const statistics = restoring(engine, normalisers, () => statisticsOf(engine, model, normalisers, training))
  return normalisers.flatMap((layer, i) => {
    const found = statistics.get(layer)
    if (!found) return []
    const { mean, variance } = populationOf(found)
    const deviations = mean.map((m, j) => Math.abs(now[i]!.mean[j]! - m) / Math.sqrt(variance[j]! + EPSILON))
    const factors = variance.map((v, j) => Math.abs(Math.log((now[i]!.variance[j]! + EPSILON) / (v + EPSILON))))
    const lags = median(deviations) > MAX_MEAN_DEVIATION || median(factors) > Math.log(MAX_VARIANCE_FACTOR)
    return lags ? [layer.name] : []
  })
}

function normalisersOf(model: Layer): Normaliser[] {
  return layersWithin(model).filter(isNormaliser)
}

/** Collects the statistics of each normalisation over all its calls. Changes the moving statistics. */
function statisticsOf(
  engine: Engine,
  model: Model,
  normalisers: readonly Normaliser[],
  training: readonly Chunk[],
): Map<Normaliser, Statistics> {
  const found = new Map<Normaliser, Statistics>()
  let examples = 0
  const undo = normalisers.map((layer) =>
    callingAsInTraining(layer, () => {
      const [mean, variance] = [valuesOf(layer.movingMean), valuesOf(layer.movingVariance)]
      let sums = found.get(layer)
      if (!sums) found.set(layer, (sums = emptyStatistics(mean.length)))
      sums.examples += examples
      mean.forEach((m, j) => {
        sums.means[j]! += examples * m
        sums.squares[j]! += examples * m * m
        sums.variances[j]! += examples * variance[j]!
      })
    }),
  )
  try {
    for (const chunk of training) {
      examples = examplesOf(chunk)
      engine.tidy(() => void forward(engine, model, chunk))
    }
    return found
  } finally {
    for (const restore of undo) restore()
  }
}

/** Makes a normalisation use the batch's statistics, which without momentum become the moving ones at once. */
function callingAsInTraining(layer: Normaliser, called: () => void): () => void {
  const before = Object.getOwnPropertyDescriptor(layer, 'call')
  const { momentum } = layer
  const original = layer.call
  const call: Layer['call'] = function (this: Layer, inputs, kwargs) {
    const result = original.call(this, inputs, { ...kwargs, training: true })
    called()
    return result
  }
  Object.defineProperty(layer, 'call', { value: call, configurable: true, writable: true, enumerable: false })
  layer.momentum = 0
  return () => {
    layer.momentum = momentum
    if (before) Object.defineProperty(layer, 'call', before)
    else Reflect.deleteProperty(layer, 'call')
  }
}

/** Runs `f`, and puts moving statistics back afterwards. */
function restoring<T>(engine: Engine, normalisers: readonly Normaliser[], f: () => T): T {
  const weights = normalisers.flatMap(({ movingMean, movingVariance }) => [movingMean, movingVariance])
  const copies = weights.map(({ val }) => engine.keep(engine.runKernel('Identity', { x: val as Tensor })))
  try {
    return f()
  } finally {
    weights.forEach(({ val }, i) => (val as Variable).assign(copies[i]!))
    for (const copy of copies) copy.dispose()
  }
}

interface Variable extends Tensor {
  assign(value: Tensor): void
}

function assign(engine: Engine, weight: LayerVariable, values: Float64Array): void {
  const { shape } = weight.val as Tensor
  engine.tidy(() => (weight.val as Variable).assign(engine.makeTensor(Float32Array.from(values), shape, 'float32')))
}

function valuesOf(weight: LayerVariable): Float64Array {
  return Float64Array.from((weight.val as Tensor).dataSync())
}

function emptyStatistics(width: number): Statistics {
  const zeros = (): Float64Array => new Float64Array(width)
  return { examples: 0, means: zeros(), squares: zeros(), variances: zeros() }
}

/** The variance over all batches is the mean variance within them, and the variance of their means. */
function populationOf({ examples, means, squares, variances }: Statistics): {
  mean: Float64Array
  variance: Float64Array
} {
  const mean = means.map((sum) => sum / examples)
  return {
    mean,
    variance: variances.map((sum, j) => sum / examples + Math.max(0, squares[j]! / examples - mean[j]! ** 2)),
  }
}

function median(values: Float64Array): number {
  return values.slice().sort()[values.length >> 1] ?? 0
}
