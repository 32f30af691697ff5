import type { Tensor } from '../tfjs/tfjs.ts'
import { chunksOf, halvesOf, type Chunk, type Halves } from './passes/chunks.ts'
import { countingMetric, type Metric } from '../../run/metric.ts'
import { fixedBatchSize, type FittedModel, type Model } from './fittedModel.ts'
import { forward, tensorsOf } from './passes/forward.ts'
import { examplesOf, type Held, type Numbers } from './heldBatch.ts'
import { laggingNormalisers, withRecalibrated } from './passes/movingStatistics.ts'
import {
  areClasses,
  RELATIVE_ERROR,
  relativeError,
  SAME_CLASS,
  sameClassShare,
  varianceOf,
} from './passes/outputAgreement.ts'
import { undisturbed } from './passes/undisturbed.ts'

/** Values of a network on chunks of examples. */
export interface ChunkValues {
  /** Examples of each chunk. */
  readonly examples: readonly number[]
  /** By name of the metric: its value on each chunk. */
  readonly values: Readonly<Record<string, readonly number[]>>
}

export interface EvaluationOptions {
  /**
   * Whether moving statistics of normalisations are replaced, in each evaluation, by those of held training batches:
   * where they lag behind, or the weights are no longer those that they belong to.
   */
  recalibrate?: boolean
}

/**
 * Evaluates a model as often as wanted on the same held examples, by its own loss and metrics. Where no targets are known
 * its outputs are compared with those that it had at first. Everything is synchronous, and afterwards everything is as
 * before: weights, states, generators, number of tensors. The monitor has to be paused in the meantime.
 */
export class Evaluation {
  readonly halves: Halves
  /** The metric that counts. */
  readonly metric: Metric
  /** Names of all metrics that are evaluated; the loss is the first where it is known. */
  readonly names: readonly string[]
  /** Whether the program's own metrics are evaluated, or the agreement of outputs with those at first. */
  readonly by: 'metrics' | 'outputs'
  readonly #fitted: FittedModel
  /** Outputs of each chunk at first; empty where metrics are known. */
  readonly #before = new Map<Chunk, Held[]>()
  /** Variance of each output of the model at first; empty where metrics are known. */
  readonly #variances: number[] = []
  readonly #training: readonly Chunk[]
  readonly #recalibrate: boolean

  /**
   * @throws Error with a sentence for the user, when there are too few examples for two halves, or the model gives NaN
   *   as it is.
   */
  constructor(fitted: FittedModel, { recalibrate = false }: EvaluationOptions = {}) {
    this.#fitted = fitted
    this.#recalibrate = recalibrate
    const { model, validation } = fitted
    const fixed = fixedBatchSize(model)
    this.#training = chunksOf(fitted.training, fixed, 1)
    this.halves = halvesOf(chunksOf(validation, fixed))
    const { deciding, reporting } = this.halves
    if (reporting.length < 2) throw new Error(tooFew(deciding.length + reporting.length, fixed))
    const isKnown = hasMetrics(model) && deciding[0]!.targets.length > 0
    this.by = isKnown ? 'metrics' : 'outputs'
    if (isKnown) {
      this.names = namesOf(model)
      this.metric = countingMetric(this.names)
    } else {
      const chunks = [...deciding, ...reporting]
      this.#pass(() => {
        for (const chunk of chunks) this.#before.set(chunk, this.#outputs(chunk))
      })
      const outputs = [...this.#before.values()]
      if (outputs.flat().some(({ values }) => values.some((value) => !Number.isFinite(value))))
        throw new Error(notFinite(model))
      this.metric = areClasses(outputs.flat()) ? SAME_CLASS : RELATIVE_ERROR
      this.names = [this.metric.name]
      this.#variances = outputs[0]!.map((_, i) => varianceOf(outputs.map((each) => each[i]!)))
    }
  }

  /** The name of the loss; null where it is not known. */
  get loss(): string | null {
    return this.by === 'metrics' ? this.names[0]! : null
  }

  /** Number of examples of a half. */
  examplesOf(half: keyof Halves): number {
    return this.halves[half].reduce((sum, chunk) => sum + examplesOf(chunk), 0)
  }

  /** Evaluates the model as it is now. */
  run(half: keyof Halves): ChunkValues {
    const chunks = this.halves[half]
    const rows = this.#pass(() => chunks.map((chunk) => this.#valuesOf(chunk)))
    const values = this.names.map((name, i) => [name, rows.map((row) => row[i]!)] as const)
    return { examples: chunks.map(examplesOf), values: Object.fromEntries(values) }
  }

  /** Names of normalisations whose moving statistics lag behind the training. */
  lagging(): string[] {
    const { engine, model } = this.#fitted
    return undisturbed(engine, model, () => laggingNormalisers(engine, model, this.#training))
  }

  #pass<T>(f: () => T): T {
    const { engine, model } = this.#fitted
    if (!this.#recalibrate) return f()
    return undisturbed(engine, model, () => withRecalibrated(engine, model, this.#training, f))
  }

  #valuesOf(chunk: Chunk): number[] {
    const { engine, model } = this.#fitted
    const before = this.#before.get(chunk)
    if (before) return [this.#agreement(before, this.#outputs(chunk))]
    const data = [...chunk.inputs, ...chunk.targets]
    // Each chunk begins with the same states and random numbers, whichever chunks are evaluated before it.
    return undisturbed(engine, model, () => {
      const results = testFunctionOf(model)(tensorsOf(engine, data)).map((scalar) => scalar.dataSync()[0]!)
      // TensorFlow.js gives the sums of the losses of the first, the first two … outputs, then the metrics.
      return results.slice((model.lossFunctions?.length ?? 1) - 1)
    })
  }

  #outputs(chunk: Chunk): Held[] {
    const { engine, model } = this.#fitted
    return undisturbed(engine, model, () => forward(engine, model, chunk).map(heldOutput))
  }

  #agreement(before: readonly Held[], after: readonly Held[]): number {
    const each = before.map(({ values, shape }, i) =>
      this.metric === SAME_CLASS
        ? sameClassShare(values, after[i]!.values, shape.at(-1)!)
        : relativeError(values, after[i]!.values, this.#variances[i]!),
    )
    return each.reduce((sum, value) => sum + value, 0) / each.length
  }
}

/**
 * An evaluation that says something of the model: moving statistics that lag behind the training are replaced.
 * @returns it, and the names of the normalisations whose statistics it replaces
 * @throws the errors of `Evaluation`.
 */
export function soundEvaluation(fitted: FittedModel): { evaluation: Evaluation; recalibrated: string[] } {
  const plain = new Evaluation(fitted)
  const recalibrated = plain.lagging()
  return { evaluation: recalibrated.length > 0 ? new Evaluation(fitted, { recalibrate: true }) : plain, recalibrated }
}

/** Mean over all examples of a metric that was evaluated on chunks. */
export function meanOf({ examples, values }: ChunkValues, name: string): number {
  const total = examples.reduce((sum, count) => sum + count, 0)
  return values[name]!.reduce((sum, value, i) => sum + value * examples[i]!, 0) / total
}

/** The function by which a model evaluates a batch. The model keeps the one that it has. */
function testFunctionOf(model: Model): (data: Tensor[]) => Tensor[] {
  const before = Object.getOwnPropertyDescriptor(model, 'testFunction')
  try {
    model.makeTestFunction()
    return model.testFunction!
  } finally {
    if (before) Object.defineProperty(model, 'testFunction', before)
    else Reflect.deleteProperty(model, 'testFunction')
  }
}

function hasMetrics({ lossFunctions, metricsNames }: Model): boolean {
  return lossFunctions !== undefined && lossFunctions.length > 0 && metricsNames !== undefined
}

/** Names of a model's loss and metrics. Of a name that occurs twice, the later gets a number. */
function namesOf({ metricsNames = ['loss'] }: Model): string[] {
  return metricsNames.map((name, i) => {
    const earlier = metricsNames.slice(0, i).filter((other) => other === name).length
    return earlier > 0 ? `${name}_${earlier}` : name
  })
}

function heldOutput(output: Tensor): Held {
  return { shape: output.shape, dtype: output.dtype, values: (output.dataSync() as Numbers).slice() }
}

function tooFew(chunks: number, fixed: number | null): string {
  const size = fixed === null ? '' : ` of the model's batch size ${fixed}`
  return `There are too few examples to evaluate on: ${chunks} batches${size}, where at least 4 are needed.`
}

function notFinite({ name }: Model): string {
  return `The outputs of ${name} hold NaN or infinity as it is, so nothing can be compared.`
}
