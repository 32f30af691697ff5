import { frameHiderFor } from '../../sites/hiddenFrames.ts'
import type { Layer } from '../../tfjs/tfjs.ts'

/** A model, as far as it makes the function that trains it for one batch. */
interface Trainable extends Layer {
  makeTrainFunction(): unknown
}

/** Gives a model that still expects its history back what it had. */
let stopExpecting = (): void => {}

/**
 * Calls back with the History callback that `fit` and `fitDataset` assign to `model.history`. Both do so right after they
 * have made the training function, and without giving way in between. So the model has a setter for that moment only, and
 * looks as without the monitor at all others.
 * @param prototype the class that makes training functions
 */
export function onHistoryAssigned(prototype: object, assigned: (model: Layer, history: unknown) => void): void {
  const trainable = prototype as Trainable
  const original = trainable.makeTrainFunction
  const withHiddenFrames = frameHiderFor(prototype)
  trainable.makeTrainFunction = function (this: Trainable) {
    const result = withHiddenFrames(() => original.call(this))
    expectHistory(this, (history) => assigned(this, history))
    return result
  }
}

/** A training step begins. That of `trainOnBatch`, which makes a training function as well, has no history. */
export function historyIsNotExpected(): void {
  stopExpecting()
}

function expectHistory(model: Layer, assigned: (history: unknown) => void): void {
  stopExpecting()
  const before = Object.getOwnPropertyDescriptor(model, 'history')
  // The program has a property of its own, or has frozen the model.
  if (before ? !before.configurable || !('value' in before) : !Object.isExtensible(model)) return
  const end = (): void => {
    stopExpecting = () => {}
    if (before) Object.defineProperty(model, 'history', before)
    else Reflect.deleteProperty(model, 'history')
  }
  Object.defineProperty(model, 'history', {
    configurable: true,
    enumerable: before?.enumerable ?? false,
    get: () => before?.value as unknown,
    set: (history: unknown) => {
      end()
      Reflect.set(model, 'history', history)
      assigned(history)
    },
  })
  stopExpecting = end
}
