import type { DataListener } from '../hooks/modelData.ts'
import { isContainer } from '../tfjs/layerTraits.ts'
import type { Engine, Layer, Tensor } from '../tfjs/tfjs.ts'
import type { AfterFit } from './afterFit.ts'
import { innermost } from './fittedModel.ts'
import type { HeldExamples } from './heldExamples.ts'

/**
 * Holds the data that models are trained and evaluated with, and tells when a model is evaluated or disposed of. In a
 * loop by hand there is no function that gets a batch. There the inputs of the outermost model are held that a training
 * step calls, if the step trains that model.
 */
export class ModelData implements DataListener {
  readonly trainsNothing: boolean
  readonly #examples: HeldExamples
  readonly #afterFit: AfterFit
  readonly #engineOf: (layer: Layer) => Engine | undefined
  /** Batches that models compute now; they nest. */
  #inside = 0
  /** Training steps in progress; they nest. */
  #stepDepth = 0
  /** Variables that the present training step trains; null outside of one. */
  #trained: ReadonlySet<unknown> | null = null
  /** Models that are being called in the present training step; they nest. */
  #called = 0
  /** Inputs of the outermost of these. */
  #inputs: unknown = null
  /** Models whose inputs of the present training step are held. */
  readonly #held = new Set<Layer>()

  constructor(
    examples: HeldExamples,
    afterFit: AfterFit,
    engineOf: (layer: Layer) => Engine | undefined,
    trainsNothing: boolean,
  ) {
    this.#examples = examples
    this.#afterFit = afterFit
    this.#engineOf = engineOf
    this.trainsNothing = trainsNothing
  }

  beginStep(variables: readonly unknown[]): void {
    if (this.#stepDepth++ === 0) this.#trained = new Set(variables)
  }

  endStep(): void {
    if (--this.#stepDepth > 0) return
    this.#trained = null
    this.#called = 0
    this.#inputs = null
    this.#held.clear()
  }

  /** A layer's call begins. */
  entered(layer: Layer, inputs: unknown): void {
    if (!isContainer(layer)) return
    if (this.#called++ === 0) this.#inputs = inputs
  }

  /** A layer's call has ended. A sequential model that was called for the first time is complete only now. */
  left(layer: Layer): void {
    if (!isContainer(layer) || this.#called === 0 || --this.#called > 0) return
    this.#hold(layer, this.#inputs)
    this.#inputs = null
  }

  inside(change: 1 | -1): void {
    this.#inside += change
  }

  trainedBatch(model: Layer, data: readonly Tensor[]): void {
    const engine = this.#engineOf(model)
    if (engine) this.#examples.trainedBatch(engine, model, data)
  }

  testBegins(model: Layer): void {
    this.#examples.testBegins(model)
  }

  testedBatch(model: Layer, data: readonly Tensor[]): void {
    this.#examples.testedBatch(model, data)
  }

  predicts(model: Layer, inputs: readonly Tensor[]): void {
    if (this.#called === 0) this.#hold(model, inputs)
  }

  evaluated(model: Layer): void {
    this.#afterFit.evaluated(model)
  }

  disposes(model: Layer): void {
    this.#afterFit.disposes(model)
  }

  zeros(layer: Layer): Tensor[] {
    const engine = this.#engineOf(layer)!
    const { metricsTensors = [] } = innermost(layer)
    return [null, ...metricsTensors].map(() => engine.makeTensor(new Float32Array(1), [], 'float32'))
  }

  #hold(layer: Layer, inputs: unknown): void {
    const trained = this.#trained
    if (!trained || this.#inside > 0 || this.#held.has(layer)) return
    if (!layer.weights.some(({ val }) => trained.has(val))) return
    this.#held.add(layer)
    const engine = this.#engineOf(layer)
    if (engine) this.#examples.trainedInputs(engine, layer, inputs)
  }
}
