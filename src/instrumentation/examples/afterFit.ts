import type { Layer } from '../tfjs/tfjs.ts'
import { innermost, type FittedModel, type Model } from './fittedModel.ts'
import type { HeldExamples, TrainingRoom } from './heldExamples.ts'

/** Something that is done with a model after it was trained, such as keeping its weights. */
export interface AfterFitTask {
  /**
   * `once`: what the person has asked for, for one model. `eachFit`: for each model, after each `fit` if the budget
   * allows it, and at the end of the process if the model was trained since.
   */
  readonly when: 'once' | 'eachFit'
  /** Examples of the training that it wants held, where these are more than usual. */
  readonly training?: TrainingRoom
  /** About how long it will take, ms. Of no matter for what is done once. */
  estimateMs?(fitted: FittedModel): number
  /** Must be synchronous. The monitor is paused. @throws Error with a sentence why it cannot be done */
  run(fitted: FittedModel): void
  /** It could not be done. @param reason a sentence */
  missed(reason: string): void
}

/** What the coordinator depends on. */
export interface AfterFitContext {
  examples: HeldExamples
  /** Whether weights of an earlier run were put in, and nothing is trained. */
  trainsNothing: boolean
  /** Runs a task while the monitor is paused. @param isAsked whether a person has asked for it */
  paused(task: () => void, isAsked: boolean): void
  /** Time that the budget allows to spend now, ms. */
  unspentMs(): number
  /** Ends the process, which has nothing more to do. */
  endProcess(): void
}

const NO_EXAMPLES =
  'No examples of a model’s training are known: the script only evaluates it, or trains it in code of your own that calls no model of TensorFlow.js as a whole, or it was disposed of before `fit` had ended.'

/**
 * Decides when tasks are run with the models that were trained.
 *
 * What is done once is done as late as possible, because the program may call `fit` many times: when the model is
 * disposed of, or at the end of the process. If nothing is trained, it is done at the end of the first `fit` with
 * validation data, else after the first `evaluate`, else at the end of the process; then the process ends, so that the
 * rest of the program (saving a model that it takes for trained) does not run.
 */
export class AfterFit {
  readonly #tasks: readonly AfterFitTask[]
  readonly #context: AfterFitContext
  /** What was done once. */
  readonly #done = new Set<AfterFitTask>()
  /** Training steps of each model when a task was last run with it. */
  readonly #steps = new Map<AfterFitTask, WeakMap<Model, number>>()
  #isRunning = false

  constructor(tasks: readonly AfterFitTask[], context: AfterFitContext) {
    this.#tasks = tasks
    this.#context = context
  }

  /** `fit` has ended. */
  endFit(layer: Layer): void {
    const fitted = this.#context.examples.fittedModel(layer)
    if (!fitted) return
    if (this.#context.trainsNothing && fitted.source === 'validation') this.#runOnce(fitted)
    this.#runAffordable(fitted)
  }

  /** `evaluate` has ended. */
  evaluated(layer: Layer): void {
    // The validation pass of `fitDataset` is such a call.
    if (!this.#context.trainsNothing || layer.isTraining === true) return
    const fitted = this.#context.examples.fittedModel(layer)
    if (fitted) this.#runOnce(fitted)
  }

  /** A model is about to be disposed of. */
  disposes(layer: Layer): void {
    if (this.#isRunning) return
    const { examples } = this.#context
    const fitted = examples.fittedModel(layer)
    if (!fitted) return
    // Of several models, such as those of a search, one that lives on is preferred.
    if (!examples.models.some((other) => other !== fitted.model)) this.#runOnce(fitted)
    this.#runAffordable(fitted)
    examples.release(layer)
  }

  /** The process ends. */
  end(): void {
    const { examples } = this.#context
    const fitted = examples.models.flatMap((model) => examples.fittedModel(model) ?? [])
    // The model that was trained last, of those with the best examples.
    const [best] = fitted.reverse().sort((a, b) => SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source))
    // What was learned is kept before anything that a person may not want to wait for.
    for (const each of fitted)
      for (const task of this.#eachFit) if (!this.#isUpToDate(task, each)) this.#run(task, each)
    if (best) this.#runOnce(best)
    for (const task of this.#once) if (!this.#done.has(task)) task.missed(NO_EXAMPLES)
  }

  get #once(): AfterFitTask[] {
    return this.#tasks.filter(({ when }) => when === 'once')
  }

  get #eachFit(): AfterFitTask[] {
    return this.#tasks.filter(({ when }) => when === 'eachFit')
  }

  #runOnce(fitted: FittedModel): void {
    const open = this.#once.filter((task) => !this.#done.has(task))
    for (const task of open) {
      this.#done.add(task)
      this.#run(task, fitted)
    }
    if (open.length > 0 && this.#context.trainsNothing) this.#context.endProcess()
  }

  #runAffordable(fitted: FittedModel): void {
    if (this.#context.trainsNothing) return
    for (const task of this.#eachFit) {
      const isAffordable = (task.estimateMs?.(fitted) ?? 0) <= this.#context.unspentMs()
      if (isAffordable && !this.#isUpToDate(task, fitted)) this.#run(task, fitted)
    }
  }

  #isUpToDate(task: AfterFitTask, { model }: FittedModel): boolean {
    return this.#steps.get(task)?.get(model) === this.#context.examples.stepsOf(model)
  }

  #run(task: AfterFitTask, fitted: FittedModel): void {
    const model = innermost(fitted.model)
    if (!this.#steps.has(task)) this.#steps.set(task, new WeakMap())
    this.#steps.get(task)!.set(model, this.#context.examples.stepsOf(model))
    this.#isRunning = true
    try {
      this.#context.paused(() => task.run(fitted), task.when === 'once')
    } catch (error) {
      // Such as the program's own: a model whose forward pass throws does so in ours as well.
      task.missed(error instanceof Error ? error.message : String(error))
    } finally {
      this.#isRunning = false
    }
  }
}

/** From the best examples to the worst. */
const SOURCES = ['validation', 'evaluate', 'inputs']
