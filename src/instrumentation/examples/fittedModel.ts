import type { Engine, Layer, LayerVariable, SymbolicTensor, Tensor } from '../tfjs/tfjs.ts'
import type { HeldBatch } from './heldBatch.ts'

/** A LayersModel, as far as it is evaluated. The members that a model gets when it is compiled may be missing. */
export interface Model extends Layer {
  inputs: { shape: (number | null)[] }[]
  outputs: SymbolicTensor[]
  layers: Layer[]
  lossFunctions?: unknown[]
  /** `loss`, then the names of `metricsTensors`. */
  metricsNames?: string[]
  metricsTensors?: unknown[]
  optimizer?: unknown
  testFunction?: ((data: Tensor[]) => Tensor[]) | null
  makeTestFunction(): void
  /** Ends `fit` after the present batch or epoch. */
  stopTraining?: boolean
}

/** A layer whose statistics of training batches follow with a delay. */
export interface Normaliser extends Layer {
  movingMean: LayerVariable
  movingVariance: LayerVariable
  momentum: number
}

/**
 * Where the examples come from on which a model is evaluated: the validation data of `fit`, those of `evaluate`, or
 * examples of the training itself, with targets if these are known.
 */
export type ExampleSource = 'validation' | 'evaluate' | 'inputs'

/** A model that was trained, with examples to evaluate it on. */
export interface FittedModel {
  readonly engine: Engine
  readonly model: Model
  /** A sample of the training's batches. */
  readonly training: readonly HeldBatch[]
  /** Examples of the latest epoch, held or not; missing where a sample of the training is held. */
  readonly trainingGiven?: number
  /** What the model is evaluated on. */
  readonly validation: readonly HeldBatch[]
  readonly source: ExampleSource
  /** Whether the pass had more examples than are held. */
  readonly isCut: boolean
}

/** Whether a layer is a model that is made of layers, and can be evaluated. */
export function isModel(layer: Layer): layer is Model {
  const { inputs, outputs, layers } = layer as Partial<Model>
  return Array.isArray(layers) && Array.isArray(inputs) && Array.isArray(outputs)
}

/** The model that does the work: a sequential model has one within, whose layers are its own. */
export function innermost(layer: Layer): Model {
  const { model } = layer as { model?: Layer }
  return (model && isModel(model) ? model : layer) as Model
}

/** Whether a layer normalises by moving statistics of its batches. */
export function isNormaliser(layer: Layer): layer is Normaliser {
  const { movingMean, movingVariance } = layer as Partial<Normaliser>
  return movingMean?.val !== undefined && movingVariance?.val !== undefined
}

/** The batch size that a model asks for; null where it takes any. */
export function fixedBatchSize({ inputs }: Model): number | null {
  return inputs.map(({ shape }) => shape[0]).find((size) => typeof size === 'number') ?? null
}
