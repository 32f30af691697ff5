import type { AfterFitTask } from '../examples/afterFit.ts'
import type { FittedModel } from '../examples/fittedModel.ts'

/** Milliseconds that keeping is thought to take the first time. */
const FIRST_ESTIMATE_MS = 500

/**
 * Keeps what a model has learned after each `fit`, as far as there is time, and at the end of the process.
 * @param measure measures on the model's examples how its weights can be folded
 * @param keep keeps the weights, with what was measured
 */
export function keepTask(measure: (fitted: FittedModel) => void, keep: () => void): AfterFitTask {
  let estimateMs = FIRST_ESTIMATE_MS
  return {
    when: 'eachFit',
    estimateMs: () => estimateMs,
    run(fitted) {
      const began = performance.now()
      measure(fitted)
      keep()
      estimateMs = performance.now() - began
    },
    // The weights are kept at the end of the process, without what is measured on examples.
    missed: () => undefined,
  }
}
