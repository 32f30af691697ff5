import type { AfterFitTask } from '../examples/afterFit.ts'
import type { FittedModel } from '../examples/fittedModel.ts'

/** Keeps what a training has learned after each `fit` that can afford it, and at the end of the process. */
export class KeepTask implements AfterFitTask {
  readonly when = 'eachFit'
  readonly #measure: (fitted: FittedModel) => void
  readonly #keep: () => void
  readonly #msPerStep: () => number

  /**
   * @param measure measures how the model's weights can be folded
   * @param keep keeps the weights, with what was measured
   * @param msPerStep mean time of a training step
   */
  constructor(measure: (fitted: FittedModel) => void, keep: () => void, msPerStep: () => number) {
    this.#measure = measure
    this.#keep = keep
    this.#msPerStep = msPerStep
  }

  /** A forward pass over the held batches takes about half the time of training steps with them, sums included. */
  estimateMs({ training }: FittedModel): number {
    return (training.length * this.#msPerStep()) / 2
  }

  run(fitted: FittedModel): void {
    this.#measure(fitted)
    this.#keep()
  }

  missed(): void {
    // The weights are kept at the end of the process, without what a forward pass would have shown.
  }
}
