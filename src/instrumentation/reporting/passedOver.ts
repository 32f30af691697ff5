import type { Layer } from '../tfjs/tfjs.ts'

/** Names that are kept, at most. */
const MAX_NAMES = 5

/** Layers that there was no time to look at, as a search over thousands of models has them. */
export class PassedOver {
  readonly #layers = new WeakSet<Layer>()
  readonly #names = new Set<string>()
  count = 0

  /** Some of their names. */
  get names(): string[] {
    return [...this.#names]
  }

  add(layer: Layer): void {
    if (this.#layers.has(layer)) return
    this.#layers.add(layer)
    this.count++
    if (this.#names.size < MAX_NAMES) this.#names.add(layer.name)
  }

  /** A layer is looked at after all. */
  delete(layer: Layer): void {
    if (this.count === 0 || !this.#layers.delete(layer)) return
    this.count--
    this.#names.delete(layer.name)
  }
}
