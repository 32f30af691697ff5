import { watchModelData } from '../hooks/modelData.ts'
import type { Engine, Layer } from '../tfjs/tfjs.ts'
import { AfterFit, type AfterFitTask } from './afterFit.ts'
import { HeldExamples } from './heldExamples.ts'
import { innermost } from './fittedModel.ts'
import { ModelData } from './modelData.ts'

/** What the watching of fitted models depends on. */
export interface FittedModelsContext {
  /** Whether weights of an earlier run were put in, and nothing is trained. */
  trainsNothing: boolean
  engineOf(layer: Layer): Engine | undefined
  /** Runs a part of the monitor; an exception in it switches the monitor off. */
  guarded(part: () => void): void
  unspentMs(): number
  /** Whether examples of a further model are held. */
  holdsNew(): boolean
  /** Counts time among that of monitoring. */
  spend(ms: number): void
  /** Counts time of what a person has asked for: it is neither training nor monitoring. */
  pause(ms: number): void
}

/** Models that were trained, their examples, and what is done with them after the training. */
export class FittedModels {
  readonly data: ModelData
  readonly #afterFit: AfterFit
  readonly #context: FittedModelsContext
  readonly #examples: HeldExamples
  /** Whether a task runs, so that the monitor is paused. */
  isPaused = false

  constructor(tasks: readonly AfterFitTask[], context: FittedModelsContext) {
    this.#context = context
    this.#examples = new HeldExamples(tasks.find(({ training }) => training)?.training, () => context.holdsNew())
    this.#afterFit = new AfterFit(tasks, {
      examples: this.#examples,
      trainsNothing: context.trainsNothing,
      paused: (task, isAsked) => this.#paused(task, isAsked),
      unspentMs: () => context.unspentMs(),
      endProcess: () => process.exit(0),
    })
    this.data = new ModelData(this.#examples, this.#afterFit, (layer) => context.engineOf(layer), context.trainsNothing)
  }

  /** Watches the data of a model's class. On a plain layer it does nothing. */
  watch(layer: Layer): void {
    const { data } = this
    const held = (part: () => void): void => this.#context.guarded(() => this.#holding(part))
    const guarded = (part: () => void): void => this.#context.guarded(part)
    watchModelData(layer, {
      trainsNothing: data.trainsNothing,
      inside: (change) => guarded(() => data.inside(change)),
      trainedBatch: (...batch) => held(() => data.trainedBatch(...batch)),
      testBegins: (model) => guarded(() => data.testBegins(model)),
      testedBatch: (...batch) => held(() => data.testedBatch(...batch)),
      predicts: (...batch) => held(() => data.predicts(...batch)),
      evaluated: (model) => guarded(() => data.evaluated(model)),
      disposes: (model) => guarded(() => data.disposes(model)),
      zeros: (model) => data.zeros(model),
    })
  }

  /** An epoch of `fit` begins. */
  beginEpoch(layer: Layer): void {
    this.#examples.beginEpoch(layer)
  }

  /** An epoch of `fit` has ended. */
  endEpoch(layer: Layer): void {
    if (this.#context.trainsNothing) innermost(layer).stopTraining = true
  }

  endFit(layer: Layer): void {
    this.#afterFit.endFit(layer)
  }

  /** The process ends. */
  end(): void {
    this.#afterFit.end()
  }

  /** Runs what may copy examples, and accounts for the time. */
  #holding(part: () => void): void {
    const before = this.#examples.spentMs
    part()
    const ms = this.#examples.spentMs - before
    if (ms > 0) this.#context.spend(ms)
  }

  #paused(task: () => void, isAsked: boolean): void {
    const began = performance.now()
    this.isPaused = true
    try {
      task()
    } finally {
      this.isPaused = false
      const ms = performance.now() - began
      if (isAsked) this.#context.pause(ms)
      else this.#context.spend(ms)
    }
  }
}
