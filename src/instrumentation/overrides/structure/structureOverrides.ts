import { isOfDepth, isOfInputSize, type Override } from '../../../protocol/overrides.ts'
import { callStack } from '../../sites/constructionSite.ts'
import { isContainer, isWrapper } from '../../tfjs/layerTraits.ts'
import { isSymbolic, isTensor, type Layer } from '../../tfjs/tfjs.ts'
import { leaveOut } from './plainLayer.ts'
import { Repeats } from './repeats.ts'
import { isImageShape, isInput, isResizing, resizingLayer, type Size } from './resizing.ts'
import { trainTogether } from './trainTogether.ts'

/** A layer whose calls are watched, or a sequential model, to which layers are added. */
type Watched = Layer & { add?(layer: Layer): void; batchInputShape?: unknown; outputs?: unknown[] }

/** What the overrides of a network's structure need of the others. */
interface Host {
  /** Ends other overrides of layers whose constructors have returned. */
  settle(): void
  /** Runs something that constructs layers which are not the program's. @param of the program's layer that they copy */
  constructing<T>(make: () => T, of: Layer | null): T
  copyOf(layer: Layer, name: string): Layer
  /** Notes that an override is set. */
  set(override: Override): void
  refuse(override: Override, layer: Layer, reason: 'not followed' | 'channels first'): void
}

/**
 * Overrides what a network is made of: how many times layers are applied, and the size of its input. Layers are
 * constructed as the program has them; what is overridden is what is called with what. This is so for models of symbolic
 * tensors, for sequential ones, and for programs that call layer by layer with tensors.
 */
export class StructureOverrides {
  readonly #host: Host
  readonly #inputSize: Override | null
  readonly #times = new WeakMap<Layer, Override>()
  /** Names of layers that overrides of depth are meant for. */
  readonly #changed = new Set<string>()
  readonly #leftOut = new WeakSet<Layer>()
  readonly #repeats: Repeats
  /** Images of a model's input, resized. */
  readonly #resized = new WeakMap<object, unknown>()
  /** The resizing layers of layers that are called with tensors. */
  readonly #resizers = new WeakMap<Layer, Layer>()
  #resizingLayers = 0
  #insideWrapper = 0

  constructor(overrides: readonly Override[], host: Host) {
    this.#host = host
    this.#inputSize = overrides.findLast(isOfInputSize) ?? null
    this.#repeats = new Repeats((layer, name) => {
      this.#changed.add(name)
      const copy = host.constructing(() => host.copyOf(layer, name), layer)
      // In a model, the copy is a layer of the model.
      if ((layer.inboundNodes?.length ?? 0) === 0) trainTogether(layer, copy)
      return copy
    })
  }

  /** Whether some of the overrides are of this kind. */
  static areIn(overrides: readonly Override[]): boolean {
    return overrides.some((override) => isOfDepth(override) || isOfInputSize(override))
  }

  /** A layer or model is under construction: its calls, and the layers that are added to it, are watched. */
  watch(layer: Watched): void {
    hide(layer, 'apply', (inputs: unknown, kwargs: unknown) => this.#apply(layer, inputs, kwargs))
    const { add } = layer
    if (add) hide(layer, 'add', (added: Layer) => this.#add(layer, add, added))
  }

  /** An override of depth is meant for a layer. */
  match(override: Override, layer: Layer): void {
    // A model that is made from the config of another, as a target network is, has what was changed in that one.
    if (this.#changed.has(layer.name) && isFromConfig()) return
    this.#changed.add(layer.name)
    this.#times.set(layer, override)
    if (override.value === 1) this.#host.set(override)
    // This holds until the layer is called.
    else this.#host.refuse(override, layer, 'not followed')
  }

  #apply(layer: Watched, inputs: unknown, kwargs: unknown): unknown {
    this.#host.settle()
    this.#leaveOut(layer)
    const { apply } = Object.getPrototypeOf(layer) as Layer
    const call = (taken: unknown): unknown => apply.call(layer, taken, kwargs)
    // The executor of a model calls its layers with tensors, in the order in which the model was made.
    const isExecuted = !each(inputs).every(isSymbolic) && (layer.inboundNodes?.length ?? 0) > 0
    if (isExecuted || this.#insideWrapper > 0) return call(inputs)
    const override = this.#times.get(layer)
    // A merging layer that is left out returns the first of its inputs.
    const used = this.#leftOut.has(layer) && Array.isArray(inputs) ? (inputs as unknown[])[0] : inputs
    const taken = mapped(used, (tensor) => this.#resize(layer, this.#behindRepeats(tensor, override)))
    const wraps = isWrapper(layer) ? 1 : 0
    this.#insideWrapper += wraps
    try {
      const output = call(taken)
      if (repeats(override)) this.#repeats.note(output, { override, layer, inputs: taken, kwargs })
      return output
    } finally {
      this.#insideWrapper -= wraps
    }
  }

  #add(model: Watched, add: (layer: Layer) => void, layer: Watched): void {
    this.#host.settle()
    this.#leaveOut(layer)
    const [output] = model.outputs ?? []
    const isFirst = output === undefined
    const ended = isFirst ? null : this.#repeats.endsAt(output, this.#times.get(layer))
    if (ended) {
      this.#host.set(ended)
      for (const copy of this.#repeats.chainBehind(output, ended.value as number)) add.call(model, copy)
    }
    const original = layer.batchInputShape
    const startsHere = isFirst && !isContainer(layer) && !isInput(layer) && isImageShape(original)
    const followsInput = isSymbolic(output) && isInput(output.sourceLayer) && isImageShape(output.shape)
    if (this.#inputSize && (startsHere || followsInput) && this.#isResizable(layer)) {
      const resizing = this.#resizer(layer)
      if (startsHere) Object.assign(resizing, { batchInputShape: original })
      add.call(model, resizing)
    }
    add.call(model, layer)
  }

  #leaveOut(layer: Layer): void {
    const override = this.#times.get(layer)
    if (override?.value !== 0 || this.#leftOut.has(layer)) return
    this.#leftOut.add(layer)
    // It makes an empty layer of the base class, to see which properties every layer has.
    this.#host.constructing(() => leaveOut(layer), null)
    this.#host.set(override)
  }

  #behindRepeats(tensor: unknown, taker: Override | undefined): unknown {
    const override = this.#repeats.endsAt(tensor, taker)
    if (!override) return tensor
    this.#host.set(override)
    return this.#repeats.repeat(tensor, override.value as number)
  }

  /** The images of a model's input, or those that its first layer is called with, in the size that is wanted. */
  #resize(layer: Watched, tensor: unknown): unknown {
    if (!this.#inputSize) return tensor
    if (isTensor(tensor)) {
      if (!isImageShape(layer.batchInputShape) || !isImageShape(tensor.shape) || !this.#isResizable(layer))
        return tensor
      const resizer = this.#resizers.get(layer) ?? this.#resizer(layer)
      this.#resizers.set(layer, resizer)
      return resizer.apply(tensor)
    }
    if (!isSymbolic(tensor) || !isInput(tensor.sourceLayer) || !isImageShape(tensor.shape)) return tensor
    // A sequential model has put its resizing layer in front already.
    if (!this.#isResizable(layer)) return tensor
    if (!this.#resized.has(tensor)) this.#resized.set(tensor, this.#resizer(layer).apply(tensor))
    return this.#resized.get(tensor)
  }

  #isResizable(layer: Layer): boolean {
    if (isResizing(layer)) return false
    if (layer.dataFormat !== 'channelsFirst') return true
    this.#host.refuse(this.#inputSize!, layer, 'channels first')
    return false
  }

  #resizer(like: Watched): Layer {
    const { constructing, set } = this.#host
    set(this.#inputSize!)
    const size = sizeOf(this.#inputSize!)
    const declared = like.batchInputShape as (number | null)[]
    // Else the library would warn that the layer gets another shape than it was promised.
    if (isImageShape(declared)) like.batchInputShape = [declared[0]!, ...size, declared[3]!]
    return constructing(() => resizingLayer(like, size, this.#resizingLayers++), null)
  }
}

function sizeOf({ value }: Override): Size {
  return Array.isArray(value) ? (value as unknown as Size) : [value as number, value as number]
}

function repeats(override: Override | undefined): override is Override {
  return override !== undefined && (override.value as number) > 1
}

/** Whether a layer is being made from a config. */
function isFromConfig(): boolean {
  return callStack().some((frame) => (frame.getMethodName() ?? frame.getFunctionName() ?? '').endsWith('fromConfig'))
}

function each(inputs: unknown): unknown[] {
  return Array.isArray(inputs) ? (inputs as unknown[]) : [inputs]
}

function mapped(inputs: unknown, change: (tensor: unknown) => unknown): unknown {
  return Array.isArray(inputs) ? inputs.map(change) : change(inputs)
}

/** Gives an object a method of its own that no enumeration shows. */
function hide(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false })
}
