import type { Site } from '../../../protocol/layer.ts'
import { parametersOf, widthOf } from '../../tfjs/layerTraits.ts'
import { kindOf, type Layer, type Tensor } from '../../tfjs/tfjs.ts'
import type { LayerNode } from './layerNode.ts'

/** Where a layer comes from, as far as that says which earlier layer it goes on for. */
interface Origin {
  site: Site | null
  /** Whether it was constructed within a forward pass. */
  madeInPass: boolean
  /** Passes that had begun when it was read from a file; null for a layer that was not. */
  loadedIn: number | null
}

/**
 * Finds the layer that a new one goes on for, so that a program's table does not grow with each step or round.
 *
 * Layers without trained weights that are constructed within a forward pass, such as a `flatten()` in the forward
 * function, are made anew in each pass: the n-th one of a line goes on for the n-th one of the pass before. Layers of a
 * model that is saved and loaded again go on for those of the same line, name and shape that were not used since.
 */
export class Successors {
  /** By line and kind: the layers of the passes so far, in the order of their calls. */
  readonly #made = new Map<string, LayerNode[]>()
  /** By line, name, kind and shape: the layer that was loaded last. */
  readonly #loaded = new Map<string, LayerNode>()
  /** How many layers of a line and kind were called first in the present pass. */
  readonly #firstCalls = new Map<string, number>()

  beginPass(): void {
    this.#firstCalls.clear()
  }

  /**
   * Returns the node that a layer at its first call goes on for; null where it is a new one.
   * @param trained whether the present step trains it: such a layer has weights of its own.
   */
  find(layer: Layer, output: Tensor, origin: Origin, trained: boolean): LayerNode | null {
    if (origin.loadedIn !== null) {
      const earlier = this.#loaded.get(loadedKey(layer, output, origin.site))
      return earlier && earlier.calledIn <= origin.loadedIn ? earlier : null
    }
    if (!origin.madeInPass || trained) return null
    const key = madeKey(layer, origin.site)
    const nth = this.#firstCalls.get(key) ?? 0
    this.#firstCalls.set(key, nth + 1)
    return this.#made.get(key)?.[nth] ?? null
  }

  /** A layer has got a node of its own. */
  added(layer: Layer, output: Tensor, origin: Origin, trained: boolean, node: LayerNode): void {
    if (origin.loadedIn !== null) this.#loaded.set(loadedKey(layer, output, origin.site), node)
    else if (origin.madeInPass && !trained) {
      const key = madeKey(layer, origin.site)
      const nodes = this.#made.get(key)
      if (nodes) nodes.push(node)
      else this.#made.set(key, [node])
    }
  }
}

function madeKey(layer: Layer, site: Site | null): string {
  return `${placeOf(site)} ${kindOf(layer)}`
}

function loadedKey(layer: Layer, output: Tensor, site: Site | null): string {
  return [placeOf(site), layer.name, kindOf(layer), widthOf(layer, output), parametersOf(layer)].join(' ')
}

function placeOf(site: Site | null): string {
  return site ? `${site.file}:${site.line}:${site.column}` : ''
}
