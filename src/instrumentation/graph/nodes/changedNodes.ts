import { layerKind } from '../../../model/layerKinds.ts'
import type { LayerNode } from './layerNode.ts'

/**
 * Layers whose description may have changed since it was last made. Describing only these keeps a step's work
 * independent of how many layers the program has ever made.
 */
export class ChangedNodes {
  readonly #changed = new Set<LayerNode>()
  /** Layers whose consumers have changed: whether the layers before them are outputs follows from that. */
  readonly #before = new Set<LayerNode>()
  /** Layers whose inputs have changed: the limit of the layers behind them follows from that. */
  readonly #behind = new Set<LayerNode>()
  /** Whether each layer is to be described. */
  #all = false

  get any(): boolean {
    return this.#all || this.#changed.size > 0
  }

  /** The layer itself has changed. */
  add(node: LayerNode): void {
    this.#changed.add(node)
  }

  /** Something that no layer shows has changed, such as the sizes that code needs. */
  addAll(): void {
    this.#all = true
  }

  /** The layer's consumers, or what they take, have changed. */
  addBefore(node: LayerNode): void {
    this.#changed.add(node)
    this.#before.add(node)
  }

  /** The layer's inputs have changed. */
  addBehind(node: LayerNode): void {
    this.#changed.add(node)
    this.#behind.add(node)
  }

  /** Returns the layers to describe, and forgets them; null for all. */
  take(): Set<LayerNode> | null {
    const taken = this.#all ? null : new Set(this.#changed)
    if (taken) {
      reach(this.#before, taken, (node) => (makesFeatures(node) ? [] : node.inbound))
      reach(this.#behind, taken, ({ consumers }) => consumers)
    }
    this.#changed.clear()
    this.#before.clear()
    this.#behind.clear()
    this.#all = false
    return taken
  }
}

/** Adds what can be reached from the roots. */
function reach(
  roots: ReadonlySet<LayerNode>,
  into: Set<LayerNode>,
  next: (node: LayerNode) => Iterable<LayerNode>,
): void {
  const seen = new Set(roots)
  for (const node of seen) {
    into.add(node)
    for (const other of next(node)) seen.add(other)
  }
}

/** A layer with weights hands on no features of the layer before it, unless it is a normaliser. */
function makesFeatures({ info }: LayerNode): boolean {
  return info.parameters > 0 && !layerKind(info.kind).normaliser
}
