import { WIDTH_PROPERTIES } from '../../model/layerKinds.ts'
import type { Layer } from '../tfjs/tfjs.ts'
import type { LayerArguments } from './layerArguments.ts'
import { innerLayer } from './overriddenProperty.ts'

/** An argument that sets a width: the source's value, and the one that an override has put in its place. */
interface Change {
  from: number
  to: number
}

/** The widths that the source gives to layers whose widths are overridden. */
export class SourceWidths {
  readonly #changes = new WeakMap<Layer, Change>()

  /**
   * Notes an override before it changes anything.
   * @param source where the source's value is: the layer's arguments, or its config
   * @param argument name of the argument that is overridden
   */
  note(layer: Layer, source: LayerArguments, argument: string, value: unknown): void {
    const property = WIDTH_PROPERTIES.find((name) => name === argument)
    if (property === undefined || typeof value !== 'number' || value <= 0) return
    const [, inner] = innerLayer(source) ?? []
    // Several overrides of one layer: the first has met the source's value, and the last decides.
    const from = this.#changes.get(layer)?.from ?? source[property] ?? inner?.[property] ?? inner?.cell?.[property]
    if (typeof from === 'number') this.#changes.set(layer, { from, to: value })
  }

  /** Forgets a layer whose arguments turned out not to be what sets its width. */
  forget(layer: Layer): void {
    this.#changes.delete(layer)
  }

  /**
   * The width that a layer would have without its override; null where none has changed it.
   * @param width the layer's width, which may be a multiple of the argument: a bidirectional layer's is twice its units
   * @param inner the layer that it wraps, whose width may be overridden in its place
   */
  of(layer: Layer, width: number, inner: Layer | undefined): number | null {
    const change = this.#changes.get(layer) ?? (inner && this.#changes.get(inner))
    if (!change || change.from === change.to) return null
    return Math.round((width * change.from) / change.to)
  }
}
