import { isContainer, variablesOf } from '../../tfjs/layerTraits.ts'
import type { Layer } from '../../tfjs/tfjs.ts'

/** Layers that are kept at most: those that were constructed last. */
const MAX_LAYERS = 1000

/** Layers that were constructed and have not been called by `apply`. They are referenced weakly. */
export class UncalledLayers {
  readonly #references = new WeakMap<Layer, WeakRef<Layer>>()
  readonly #layers = new Set<WeakRef<Layer>>()

  add(layer: Layer): void {
    const reference = new WeakRef(layer)
    this.#references.set(layer, reference)
    this.#layers.add(reference)
    const [oldest] = this.#layers.size > MAX_LAYERS ? this.#layers : []
    if (oldest) this.#layers.delete(oldest)
  }

  /** The layer has been called, or need not be looked at any more. */
  delete(layer: Layer): void {
    const reference = this.#references.get(layer)
    if (reference) this.#layers.delete(reference)
  }

  /**
   * Returns those of the layers that a step trains.
   * @param trained the step's variables
   * @param ofCalled variables of layers that are known to use their inner layers themselves, as wrappers do
   */
  trainedBy(trained: ReadonlySet<unknown>, ofCalled: ReadonlySet<object>): Layer[] {
    return [...this.#layers].flatMap((reference) => {
      const layer = reference.deref()
      if (!layer || isContainer(layer)) return []
      const variables = variablesOf(layer)
      return variables.some((variable) => trained.has(variable) && !ofCalled.has(variable)) ? [layer] : []
    })
  }
}
