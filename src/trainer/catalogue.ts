import type { Layer as LayerInfo, Site } from '../run/events.ts'
import type { Layer, Tensor } from './tfjs.ts'

/** Layers with weights that transform no features of their own: measured on request only. */
const NORMALISERS = new Set(['BatchNormalization', 'LayerNormalization', 'PReLU'])

/** Layers that call children through `apply` in the course of their own call: the whole is one layer to the user. */
const WRAPPERS = new Set(['Bidirectional', 'TimeDistributed', 'RNN', 'SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D'])

/** True when passes of inner layers belong to this one. */
export function isWrapper(layer: Layer): boolean {
  return WRAPPERS.has(layer.getClassName())
}

/** True for Sequential, LayersModel and other containers of layers. */
export function isContainer(layer: Layer): boolean {
  return Array.isArray(layer.layers)
}

/**
 * The layers of the run in the order of the forward pass, with the graph between them as the tensors of one pass
 * showed it: which layer's output entered which layer, nested and shared models included.
 */
export class Catalogue {
  /** Weak throughout: a program that builds many models must be able to let go of them. */
  readonly #entries = new WeakMap<Layer, Entry>()
  readonly #order: Entry[] = []
  readonly #ids = new Set<string>()
  readonly #sites = new WeakMap<Layer, Site>()
  readonly #models: WeakRef<Layer>[] = []
  /** Tensor id → the layer that produced it, within the present pass. */
  readonly #producers = new Map<number, Entry>()
  /** Whether there is news since `describe` was last called. */
  changed = false

  /** Notes a layer or model under construction; its name and config are not there yet. */
  constructed(layer: Layer, site: Site | null): void {
    if (site) this.#sites.set(layer, site)
    if ('getLayer' in layer) this.#models.push(new WeakRef(layer))
  }

  /** A forward pass begins; tensors of earlier ones are forgotten. */
  beginPass(): void {
    this.#producers.clear()
  }

  /** Notes that a layer has turned `inputs` into `output`. */
  called(layer: Layer, inputs: Tensor[], output: Tensor): Entry {
    let entry = this.#entries.get(layer)
    if (!entry) this.#entries.set(layer, (entry = this.#add(layer, output)))
    for (const input of inputs) {
      const producer = this.#producers.get(input.id)
      if (!producer || producer === entry || entry.inbound.has(producer.info.id)) continue
      producer.consumed = true
      entry.inbound.add(producer.info.id)
      this.changed = true
    }
    // Evaluation has no step to begin a pass at; a bound keeps a long one from piling up tensor ids.
    if (this.#producers.size > 4 * this.#order.length + 64) this.#producers.clear()
    this.#producers.set(output.id, entry)
    return entry
  }

  /** All layers as the `model` event lists them. */
  describe(): LayerInfo[] {
    this.changed = false
    const outputs = new Set<string | undefined>()
    for (const model of this.#models) {
      for (const layer of model.deref()?.outputLayers ?? []) outputs.add(this.#entries.get(layer)?.info.id)
    }
    return this.#order.map((entry, i) => ({
      ...entry.info,
      inbound: [...entry.inbound],
      isOutput: !entry.consumed && (outputs.has(entry.info.id) || i === this.#order.length - 1),
    }))
  }

  #add(layer: Layer, output: Tensor): Entry {
    let id = layer.name
    for (let n = 2; this.#ids.has(id); n++) id = `${layer.name} (${n})`
    this.#ids.add(id)
    this.changed = true
    const width = output.shape.length >= 2 ? (output.shape.at(-1) ?? null) : null
    const info = {
      id,
      name: layer.name,
      kind: layer.getClassName(),
      site: this.#sites.get(layer) ?? null,
      width,
      widthProperty: widthProperty(layer, width),
      outputShape: [null, ...output.shape.slice(1)],
      parameters: layer.countParams(),
      activation: layer.activation?.getClassName?.() ?? null,
      notMeasured: reasonNotToMeasure(layer, output),
    }
    const entry = { turn: this.#order.length, info, inbound: new Set<string>(), consumed: false }
    this.#order.push(entry)
    return entry
  }
}

export interface Entry {
  /** Position in the order of the forward pass plus the number of calls: whose turn it is under a tight budget. */
  turn: number
  info: Omit<LayerInfo, 'inbound' | 'isOutput'>
  inbound: Set<string>
  /** Whether another layer has taken its output. */
  consumed: boolean
}

function reasonNotToMeasure(layer: Layer, output: Tensor): string | null {
  if (layer.weights.length === 0) return 'it has no weights'
  if (NORMALISERS.has(layer.getClassName())) return 'it only rescales the features of the layer before it'
  if (output.dtype !== 'float32') return `its output is ${output.dtype}, not float32`
  if (output.shape.length < 2) return 'its output has no feature axis'
  if (layer.dataFormat === 'channelsFirst') return 'channelsFirst layout is not supported yet; use channelsLast'
  return null
}

/** The config property that holds the width; null where none does (depthwise convolution, bidirectional concat). */
function widthProperty(layer: Layer, width: number | null): LayerInfo['widthProperty'] {
  for (const name of ['units', 'filters', 'outputDim'] as const)
    if (layer[name] === width && width !== null) return name
  return null
}
