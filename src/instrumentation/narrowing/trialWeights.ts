import type { Engine, Tensor } from '../tfjs/tfjs.ts'

/** Values that a variable has for the time of a trial. */
export interface Trial {
  readonly variable: Tensor
  readonly values: Float32Array
}

/**
 * Runs an evaluation with other values in some variables. Each variable points to other memory in the meantime, so that
 * its own is not touched.
 * @param evaluate must not be asynchronous, or the script itself would see the trial's values.
 * @throws what the evaluation throws; Error when it returns a promise.
 */
export function withTrialWeights<T>(engine: Engine, trials: readonly Trial[], evaluate: () => T): T {
  const before = trials.map(({ variable }) => variable.dataId)
  try {
    return engine.tidy(() => {
      for (const { variable, values } of trials)
        variable.dataId = engine.makeTensor(values, variable.shape, 'float32').dataId
      const result = evaluate()
      if (result instanceof Promise) throw new Error('an evaluation with trial weights must not be asynchronous')
      return result
    })
  } finally {
    trials.forEach(({ variable }, i) => (variable.dataId = before[i]!))
  }
}
