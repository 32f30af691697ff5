import { isGone } from '../tfjs/layerTraits.ts'
import { isTensor, type Engine, type Layer, type Tensor } from '../tfjs/tfjs.ts'
import { innermost, isModel, type FittedModel, type Model } from './fittedModel.ts'
import { holdBatch, sizeOf, type HeldBatch, type Room } from './heldBatch.ts'
import { EpochBatches } from './epochBatches.ts'
import { Reservoir } from './reservoir.ts'
import { ValidationPass } from './validationPass.ts'

/** Models whose examples are held: two, because adversarial networks are trained in turns. */
const MAX_MODELS = 2

/** The examples of one model. */
interface Examples {
  engine: Engine
  training: Reservoir | EpochBatches
  /** Validation passes within `fit`. */
  validation: ValidationPass
  /** Passes of `evaluate` otherwise. */
  evaluation: ValidationPass
  /** Whether the next batch to be evaluated begins a pass. */
  passBegins: boolean
  /** Batches that were trained, those of loops by hand included. */
  steps: number
}

/** How much of a training is held. */
export interface TrainingRoom extends Room {
  /** Whether all batches of the latest epoch are held, in place of a sample of the training. */
  ofEpoch?: boolean
}

/**
 * Copies of examples that models were trained and evaluated with, in bounded memory: at most 64 MB, or 160 MB where probes
 * are asked for, for each of the two models that were trained last.
 */
export class HeldExamples {
  /** Time spent on copying, ms. */
  spentMs = 0
  /** The models' examples; the model that was trained last is the last. */
  readonly #models = new Map<Model, Examples>()
  readonly #training: TrainingRoom | undefined
  readonly #holdsNew: () => boolean

  /**
   * @param training most examples of a training that are held; `DEFAULT_ROOM` when missing
   * @param holdsNew whether there is time to hold examples of a further model
   */
  constructor(training?: TrainingRoom, holdsNew: () => boolean = () => true) {
    this.#training = training
    this.#holdsNew = holdsNew
  }

  /** Models of which something is held and that have not been disposed of, the latest last. */
  get models(): Model[] {
    return [...this.#models.keys()].filter((model) => !isGone(model))
  }

  /** Training steps of a model so far. */
  stepsOf(layer: Layer): number {
    return this.#models.get(innermost(layer))?.steps ?? 0
  }

  /** An epoch of `fit` begins. */
  beginEpoch(layer: Layer): void {
    const training = this.#models.get(innermost(layer))?.training
    if (training instanceof EpochBatches) training.begin()
  }

  /** A batch was trained by the model's train function. @param data inputs, targets, sample weights */
  trainedBatch(engine: Engine, layer: Layer, data: readonly Tensor[]): void {
    const examples = this.#examplesOf(engine, layer)
    if (!examples) return
    examples.steps++
    examples.passBegins = true
    this.#offer(examples, ...split(innermost(layer), data))
  }

  /** A loop by hand has called a model in a training step, whose targets are not known. */
  trainedInputs(engine: Engine, layer: Layer, inputs: unknown): void {
    const examples = this.#examplesOf(engine, layer)
    if (!examples) return
    examples.steps++
    const tensors = [inputs].flat()
    if (tensors.length === innermost(layer).inputs.length && tensors.every(isTensor)) this.#offer(examples, tensors, [])
  }

  /** The next batch that a model evaluates begins a pass. */
  testBegins(layer: Layer): void {
    const examples = this.#models.get(innermost(layer))
    if (examples) examples.passBegins = true
  }

  /** A batch was evaluated by the test function of a model that was trained before. @param data inputs and targets */
  testedBatch(layer: Layer, data: readonly Tensor[]): void {
    const examples = this.#models.get(innermost(layer))
    if (!examples) return
    const pass = layer.isTraining === true ? examples.validation : examples.evaluation
    if (examples.passBegins) pass.begin()
    examples.passBegins = false
    const [inputs, targets] = split(innermost(layer), data)
    const copy = this.#copier(examples.engine, inputs, targets)
    pass.add(inputs[0]?.shape[0] ?? 0, copy)
  }

  /**
   * A model with what is held of its data; null where nothing is, or it was disposed of. Validation data of `fit` come
   * before those of `evaluate`.
   */
  fittedModel(layer: Layer): FittedModel | null {
    const model = innermost(layer)
    const examples = this.#models.get(model)
    if (!examples || isGone(model)) return null
    const { engine, training, validation, evaluation } = examples
    const given = training instanceof EpochBatches ? { trainingGiven: training.given } : {}
    const common = { engine, model, training: training.batches, ...given }
    if (validation.batches.length > 0)
      return { ...common, validation: validation.batches, source: 'validation', isCut: validation.isCut }
    if (evaluation.batches.length > 0)
      return { ...common, validation: evaluation.batches, source: 'evaluate', isCut: evaluation.isCut }
    if (training.batches.length === 0) return null
    return { ...common, validation: training.batches, source: 'inputs', isCut: true }
  }

  /** Frees what is held of a model. */
  release(layer: Layer): void {
    this.#models.delete(innermost(layer))
  }

  #examplesOf(engine: Engine, layer: Layer): Examples | null {
    const model = innermost(layer)
    if (!isModel(model)) return null
    const known = this.#models.get(model)
    if (!known && !this.#holdsNew()) return null
    const examples = known?.engine === engine ? known : newExamples(engine, this.#training)
    if (known !== examples || [...this.#models.keys()].at(-1) !== model) {
      // The latest model is the last of the map.
      this.#models.delete(model)
      this.#models.set(model, examples)
    }
    for (const other of this.#models.keys()) if (this.#models.size > MAX_MODELS) this.#models.delete(other)
    return examples
  }

  #offer({ engine, training }: Examples, inputs: readonly Tensor[], targets: readonly Tensor[]): void {
    const size = sizeOf([...inputs, ...targets])
    if (size.bytes > 0) training.offer(size, this.#copier(engine, inputs, targets))
  }

  #copier(engine: Engine, inputs: readonly Tensor[], targets: readonly Tensor[]) {
    return (room: Room): HeldBatch | null => {
      const began = performance.now()
      const batch = holdBatch(engine, inputs, targets, room)
      this.spentMs += performance.now() - began
      return batch
    }
  }
}

function newExamples(engine: Engine, room: TrainingRoom | undefined): Examples {
  return {
    engine,
    training: room?.ofEpoch ? new EpochBatches(room) : new Reservoir(room),
    validation: new ValidationPass(),
    evaluation: new ValidationPass(),
    passBegins: true,
    steps: 0,
  }
}

/** Splits the data of a train or test function. Sample weights follow the targets and are left out. */
function split({ inputs, outputs }: Model, data: readonly Tensor[]): [inputs: Tensor[], targets: Tensor[]] {
  return [data.slice(0, inputs.length), data.slice(inputs.length, inputs.length + outputs.length)]
}
