import type { Engine, Tensor } from './tfjs.ts'

export interface StepListener {
  /** The forward pass of a training step begins. */
  beginStep(): void
  /** Gradients are there, or the step threw. @param loss the scalar that was differentiated; null after a throw. */
  endStep(loss: Tensor | null): void
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
  engine.gradients = function (this: Engine, f, xs, dy, allowNoGradients) {
    if (!xs.every(isVariable)) return original.call(this, f, xs, dy, allowNoGradients)
    listener.beginStep()
    let loss: Tensor | null = null
    try {
      const result = original.call(this, f, xs, dy, allowNoGradients)
      loss = result.value
      return result
    } finally {
      listener.endStep(loss)
    }
  }
}

function isVariable(x: unknown): boolean {
  return typeof (x as { assign?: unknown }).assign === 'function'
}
