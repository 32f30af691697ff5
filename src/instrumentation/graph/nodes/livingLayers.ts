import { isGone } from '../../tfjs/layerTraits.ts'
import type { Layer } from '../../tfjs/tfjs.ts'
import type { LayerReference } from './layerNode.ts'

/**
 * Layers that each call of `takeGone` looks at. A step in which layers are new looks at as many again as are new, so
 * that the search keeps up with whatever a program makes.
 */
const LAYERS_PER_SEARCH = 16

/** Layers that have not been disposed of, by id. */
export class LivingLayers {
  readonly #layers = new Map<string, LayerReference>()
  #search = this.#layers.entries()
  #newSinceSearch = 0

  get size(): number {
    return this.#layers.size
  }

  set(id: string, layer: LayerReference): void {
    this.#layers.set(id, layer)
    this.#newSinceSearch++
  }

  has(id: string): boolean {
    return this.#layers.has(id)
  }

  get(id: string): Layer | undefined {
    return this.#layers.get(id)?.deref()
  }

  /**
   * Returns ids of layers that are gone and have not been returned before. It looks at a few layers at a time, in turns,
   * so that its cost does not grow with their number.
   */
  takeGone(): string[] {
    const most = Math.min(this.#layers.size, LAYERS_PER_SEARCH + 2 * this.#newSinceSearch)
    this.#newSinceSearch = 0
    const gone: string[] = []
    for (let looked = 0; looked < most; looked++) {
      let { value, done } = this.#search.next()
      if (done) {
        this.#search = this.#layers.entries()
        ;({ value, done } = this.#search.next())
      }
      if (done || !value) break
      const [id, layer] = value
      if (!isGone(layer.deref())) continue
      this.#layers.delete(id)
      gone.push(id)
    }
    return gone
  }
}
