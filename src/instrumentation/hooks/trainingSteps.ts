import { unseenIn } from '../sites/hiddenFrames.ts'
import { isVariable, type Engine, type Tensor } from '../tfjs/tfjs.ts'

export interface StepListener {
  /** The forward pass of a training step begins. @param variables those it takes gradients with respect to. */
  beginStep(variables: readonly unknown[]): void
  /** Gradients are there, or the step threw. @param loss the scalar that was differentiated; null after a throw. */
  endStep(loss: Tensor | null): void
  /**
   * Differentiation by plain tensors begins or ends, perhaps within a step (a gradient penalty).
   * @param depth how many are under way now; 0 after the outermost.
   */
  saliency(depth: number): void
}

const wrapped = new WeakSet<Engine>()

/**
 * Tells training steps from other passes: a gradient with respect to variables only is a training step, whichever of
 * fit, trainOnBatch, minimize or variableGrads asked for it; saliency maps differentiate by plain tensors, and
 * evaluation and prediction by nothing.
 */
export function watchTrainingSteps(engine: Engine, listener: StepListener): void {
  if (wrapped.has(engine)) return
  wrapped.add(engine)
  const original = engine.gradients
  const unseen = unseenIn(engine)
  let depth = 0
  engine.gradients = function (this: Engine, f, xs, dy, allowNoGradients) {
    const differentiate = () => unseen(() => original.call(this, f, xs, dy, allowNoGradients))
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
      const result = differentiate()
      loss = result.value
      return result
    } finally {
      listener.endStep(loss)
    }
  }
}
