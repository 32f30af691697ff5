import { frameHiderFor } from '../sites/hiddenFrames.ts'
import { isVariable, type Engine, type Tensor } from '../tfjs/tfjs.ts'

export interface StepListener {
  /** The forward pass of a training step begins. @param variables that the step takes gradients with respect to. */
  beginStep(variables: readonly unknown[]): void
  /** Returns the step's forward pass, or a function that runs and records it. */
  recorded(forward: () => Tensor): () => Tensor
  /** The gradients have been computed, or the step threw. @param loss the differentiated scalar; null after a throw. */
  endStep(loss: Tensor | null): void
  /**
   * A differentiation with respect to plain tensors (a saliency map) begins or ends. It may be part of a training step,
   * as a gradient penalty is.
   * @param depth how many are in progress; 0 after the outermost has ended.
   */
  saliency(depth: number): void
}

const wrapped = new WeakSet<Engine>()

/**
 * Reports training steps, told apart from other passes by what they differentiate with respect to. Gradients with
 * respect to variables only are a training step, whether fit, trainOnBatch, minimize or variableGrads asked for them.
 * Saliency maps differentiate with respect to plain tensors; evaluation and prediction do not differentiate.
 */
export function watchTrainingSteps(engine: Engine, listener: StepListener): void {
  if (wrapped.has(engine)) return
  wrapped.add(engine)
  const original = engine.gradients
  const withHiddenFrames = frameHiderFor(engine)
  let depth = 0
  const gradients: Engine['gradients'] = function (this: Engine, f, xs, dy, allowNoGradients) {
    const differentiate = (forward = f) =>
      withHiddenFrames(() => original.call(this, forward, xs, dy, allowNoGradients))
    if (!xs.every(isVariable)) {
      listener.saliency(++depth)
      try {
        return differentiate()
      } finally {
        listener.saliency(--depth)
      }
    }
    listener.beginStep(xs)
    let loss: Tensor | null = null
    try {
      const result = differentiate(listener.recorded(f))
      loss = result.value
      return result
    } finally {
      listener.endStep(loss)
    }
  }
  // Not enumerable, as the method that it hides: a program that prints its engine prints the same.
  Object.defineProperty(engine, 'gradients', {
    value: gradients,
    writable: true,
    configurable: true,
    enumerable: false,
  })
}
