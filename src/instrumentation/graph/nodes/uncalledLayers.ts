import { isContainer, variablesOf } from '../../tfjs/layerTraits.ts'
import type { Layer } from '../../tfjs/tfjs.ts'

/** Layers that are kept at most: those that were constructed last. */
const MAX_LAYERS = 1000

/**
 * Layers that were constructed and have not been called by `apply`. They are referenced weakly from the end of a training
 * step on. Most are called before: V8 keeps whatever a `WeakRef` is made of until the program yields to the event loop,
 * which a loop of steps that makes layers anew may never do.
 */
export class UncalledLayers {
  /** Layers that were constructed since the last training step. */
  readonly #recent = new Set<Layer>()
  readonly #references = new WeakMap<Layer, WeakRef<Layer>>()
  readonly #layers = new Set<WeakRef<Layer>>()

  add(layer: Layer): void {
    this.#recent.add(layer)
    if (this.#recent.size >= MAX_LAYERS) this.settle()
  }

  /** The layer has been called, or need not be looked at any more. */
  delete(layer: Layer): void {
    if (this.#recent.delete(layer)) return
    const reference = this.#references.get(layer)
    if (reference) this.#layers.delete(reference)
  }

  /** A training step has ended. */
  settle(): void {
    for (const layer of this.#recent) {
      const reference = new WeakRef(layer)
      this.#references.set(layer, reference)
      this.#layers.add(reference)
      const [oldest] = this.#layers.size > MAX_LAYERS ? this.#layers : []
      if (oldest) this.#layers.delete(oldest)
    }
    this.#recent.clear()
  }

  /**
   * Returns those of the layers that a step trains.
   * @param trained the step's variables
   * @param ofCalled variables of layers that are known to use their inner layers themselves, as wrappers do
   */
  trainedBy(trained: ReadonlySet<unknown>, ofCalled: ReadonlySet<object>): Layer[] {
    const layers = [...[...this.#layers].map((reference) => reference.deref()), ...this.#recent]
    return layers.flatMap((layer) => {
      if (!layer || isContainer(layer)) return []
      const variables = variablesOf(layer)
      return variables.some((variable) => trained.has(variable) && !ofCalled.has(variable)) ? [layer] : []
    })
  }
}
