import { variablesOf } from '../../tfjs/layerTraits.ts'
import type { Layer } from '../../tfjs/tfjs.ts'
import type { ChangedNodes } from './changedNodes.ts'
import type { LayerNode, Part } from './layerNode.ts'

/** Steps without training after which a layer counts as frozen that the program has declared not to be trainable. */
const FROZEN_AFTER_STEPS = 8
/** Steps without training after which any other layer counts as frozen. */
const UNTRAINED_AFTER_STEPS = 256

/** Which part each layer has in training: it is trained, or feeds one that is, or neither. */
export class PartsInTraining {
  readonly #changes: ChangedNodes
  readonly #variables = new WeakMap<Layer, object[]>()
  #trainedVariables: ReadonlySet<unknown> = new Set()

  constructor(changes: ChangedNodes) {
    this.#changes = changes
  }

  /** Begins a pass. @param trainedVariables those that this training step takes gradients with respect to */
  beginPass(trainedVariables: ReadonlySet<unknown>): void {
    this.#trainedVariables = trainedVariables
  }

  /** Updates a layer's part in training. @returns whether its output in this training step is to be measured */
  takesPart(layer: Layer, node: LayerNode): boolean {
    if (node.info.parameters > 0 && this.trains(layer)) {
      node.stepsUntrained = 0
      this.#promote(node, 'trained')
      return true
    }
    node.stepsUntrained++
    if (node.part === 'trained' && isFrozen(layer, node)) this.#freeze(node)
    if (node.part === 'unseen') this.#promote(node, 'none')
    return node.part === 'feeds'
  }

  /** Whether this training step changes weights of the layer. */
  trains(layer: Layer): boolean {
    let variables = this.#variables.get(layer)
    if (!variables) this.#variables.set(layer, (variables = variablesOf(layer)))
    return variables.some((variable) => this.#trainedVariables.has(variable))
  }

  /** A layer that was trained is frozen from now on: it is measured as one that was frozen from the start. */
  #freeze(node: LayerNode): void {
    const feedsTrained = [...node.consumers].some(({ part }) => part === 'trained' || part === 'feeds')
    if (!feedsTrained) return
    node.part = 'feeds'
    // Its windows would mix what it was with what it is.
    node.restart = 'train'
    this.#changes.add(node)
  }

  #promote(node: LayerNode, part: Part): void {
    if (node.part === part) return
    // Measurements from when the layer only fed others (a generator in its critic's step) are of another training.
    if (node.part === 'feeds' && node.restart === 'none') node.restart = 'train'
    node.part = part
    this.#changes.add(node)
    if (part === 'none') return
    for (const producer of node.inbound) this.feeds(producer)
  }

  /** The layer's output reaches one that is trained. One that is never trained itself is then measured: a frozen base. */
  feeds(node: LayerNode): void {
    if (node.part === 'unseen' || node.part === 'none') this.#promote(node, 'feeds')
  }
}

/**
 * Whether a layer that was trained is no longer. In adversarial training it may only be the turn of the other network, of
 * which a few steps say nothing.
 */
function isFrozen(layer: Layer, { stepsUntrained }: LayerNode): boolean {
  return stepsUntrained > (layer.trainable === false ? FROZEN_AFTER_STEPS : UNTRAINED_AFTER_STEPS)
}
