import type { CodeUse, OutsideUse } from '../../model/axes/sizes/neededByCode.ts'
import { layerKind } from '../../model/layerKinds.ts'
import { isContainer } from '../tfjs/layerTraits.ts'
import { isTensor, kindOf, type Layer, type SymbolicTensor, type Tensor } from '../tfjs/tfjs.ts'

/** Outputs of calls by hand that are kept until a further call takes them, at most. */
const MAX_PENDING = 256

/**
 * What the program does with layers beyond training steps and evaluations: which of their outputs it computes for code
 * that is not seen, and whose shapes it reads. Layers are referenced weakly, except until the next training step.
 */
export class OutsideUses {
  readonly #uses = new WeakMap<Layer, OutsideUse>()
  readonly #shapesRead = new WeakSet<Layer>()
  /** Models whose outputs are noted. */
  readonly #predicted = new WeakSet<Layer>()
  /** By id of an output of a call by hand that no further call has taken: its layer, and those it only passes on. */
  readonly #pending = new Map<number, Layer[]>()
  readonly #isMeasured: (layer: Layer) => boolean
  readonly #changed: (layer: Layer) => void

  /**
   * @param isMeasured whether a training step or an evaluation has called the layer so far
   * @param changed is called with a layer that something new is known of
   */
  constructor(isMeasured: (layer: Layer) => boolean, changed: (layer: Layer) => void) {
    this.#isMeasured = isMeasured
    this.#changed = changed
  }

  of(layer: Layer): CodeUse {
    return { usedOutside: this.#uses.get(layer) ?? null, shapeRead: this.#shapesRead.has(layer) }
  }

  /** A model has made predictions: all its outputs leave it. */
  predicted(model: Layer): void {
    if (this.#predicted.has(model)) return
    this.#predicted.add(model)
    for (const output of model.outputs ?? []) this.#mark(layersOf(output), 'predicted')
  }

  /**
   * The program has called a layer or a model by hand, with tensors. The outputs leave it, unless a further call takes
   * them before the next training step.
   */
  called(layer: Layer, inputs: unknown, kwargs: unknown, result: unknown): void {
    const carried = this.#take([inputs, Object.values(kwargs ?? {})].flat(2).filter(isTensor))
    for (const [i, output] of [result].flat().entries()) {
      if (!isTensor(output)) continue
      const symbolic = layer.outputs?.[i]
      const own = !isContainer(layer) ? [layer] : symbolic ? layersOf(symbolic) : []
      if (own[0] && this.#uses.has(own[0])) continue
      this.#pending.set(output.id, [...new Set([...own, ...(passesFeaturesOn(layer) ? carried : [])])])
    }
    if (this.#pending.size > MAX_PENDING) this.settle()
  }

  /** The program has read the shape of a symbolic tensor. */
  shapeRead(tensor: SymbolicTensor): void {
    const [layer] = layersOf(tensor)
    if (!layer || this.#shapesRead.has(layer)) return
    this.#shapesRead.add(layer)
    this.#changed(layer)
  }

  /** A training step has ended, or the program: outputs that no further call has taken are used by other code. */
  settle(): void {
    if (this.#pending.size === 0) return
    for (const layers of this.#pending.values()) {
      const [first] = layers
      // A layer that takes no part in training, such as a Flatten in front of a plot, shows the one behind it.
      this.#mark(first && this.#isMeasured(first) ? [first] : layers, 'called')
    }
    this.#pending.clear()
  }

  #mark(layers: readonly Layer[], use: OutsideUse): void {
    for (const layer of layers) {
      const known = this.#uses.get(layer)
      if (known === use || known === 'predicted') continue
      this.#uses.set(layer, use)
      this.#changed(layer)
    }
  }

  /** Takes the tensors from those that wait. @returns the layers that made them */
  #take(tensors: readonly Tensor[]): Layer[] {
    if (this.#pending.size === 0) return []
    return tensors.flatMap(({ id }) => {
      const layers = this.#pending.get(id) ?? []
      this.#pending.delete(id)
      return layers
    })
  }
}

/**
 * The layer that makes a symbolic tensor, also within nested models, and behind it the layers whose features that layer
 * only passes on.
 */
function layersOf(tensor: SymbolicTensor): Layer[] {
  const layers = new Set<Layer>()
  const open = [tensor]
  const seen = new Set<SymbolicTensor>()
  for (let next = open.shift(); next; next = open.shift()) {
    if (seen.has(next)) continue
    seen.add(next)
    const { sourceLayer, inputs, outputTensorIndex } = next
    if (isContainer(sourceLayer)) {
      const inner = sourceLayer.outputs?.[outputTensorIndex ?? 0]
      if (inner) open.unshift(inner)
      continue
    }
    layers.add(sourceLayer)
    if (passesFeaturesOn(sourceLayer)) open.push(...inputs)
  }
  return [...layers]
}

/** Whether a layer's output has the features of its inputs, in whatever shape. */
function passesFeaturesOn(layer: Layer): boolean {
  const kind = kindOf(layer)
  const { passesWidthOn, reshapes } = layerKind(kind)
  return passesWidthOn || reshapes || kind === 'Concatenate'
}
