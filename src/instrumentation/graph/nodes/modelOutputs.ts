import type { Layer } from '../../tfjs/tfjs.ts'

/** The layers that models name as their outputs. Each model is asked once, as soon as it knows them. */
export class ModelOutputs {
  /** Models that have not been asked. */
  #open: WeakRef<Layer>[] = []
  readonly #outputs = new WeakSet<Layer>()

  /** Notes a model under construction. */
  add(model: Layer): void {
    this.#open.push(new WeakRef(model))
  }

  /** Whether a model has named the layer. */
  has(layer: Layer): boolean {
    return this.#outputs.has(layer)
  }

  /** Asks the models that are built by now. @returns layers that are outputs and were not known as such */
  takeNew(): Layer[] {
    const found: Layer[] = []
    this.#open = this.#open.filter((reference) => {
      const model = reference.deref()
      const outputs = model?.outputLayers ?? []
      for (const layer of outputs) {
        if (this.#outputs.has(layer)) continue
        this.#outputs.add(layer)
        found.push(layer)
      }
      return model !== undefined && outputs.length === 0
    })
    return found
  }
}
