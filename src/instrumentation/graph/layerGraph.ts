import type { Layer as LayerInfo, Site, Split } from '../../protocol/events.ts'
import { DEFAULT_OPTIONS, selects, type MeasureOptions } from '../../protocol/measureOptions.ts'
import { isOutput, NORMALISERS } from './outputLayers.ts'
import { isVariable, kindOf, type Layer, type Tensor } from '../tfjs/tfjs.ts'

/** Layers that call children through `apply` in the course of their own call: the whole is one layer to the user. */
const WRAPPERS = new Set(['Bidirectional', 'TimeDistributed', 'RNN', 'SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D'])

/** True when passes of inner layers belong to this one. */
export function isWrapper(layer: Layer): boolean {
  return WRAPPERS.has(kindOf(layer))
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
  readonly #options: MeasureOptions
  /** Weak throughout: a program that builds many models must be able to let go of them. */
  readonly #entries = new WeakMap<Layer, Entry>()
  readonly #order: Entry[] = []
  readonly #ids = new Set<string>()
  /** Layers that have not been disposed of, by id. */
  readonly #alive = new Map<string, WeakRef<Layer>>()
  /** What was last told of each layer, by id. */
  readonly #told = new Map<string, string>()
  readonly #sites = new WeakMap<Layer, Site>()
  readonly #loaded = new WeakSet<Layer>()
  readonly #variables = new WeakMap<Layer, object[]>()
  readonly #models: WeakRef<Layer>[] = []
  /** Tensor id → the layer that produced it, within the present pass. */
  readonly #producers = new Map<number, Entry>()
  #pass: Pass = new Set()
  /** The layer called last in the present training step. */
  #last: Entry | null = null
  /** Whether there is news since `describe` was last called. */
  changed = false
  /** Why none of the layers can be measured; null where they can. Set before the first is called. */
  unmeasurable: string | null = null

  constructor(options = DEFAULT_OPTIONS) {
    this.#options = options
  }

  /** Notes a layer or model under construction; its name and config are not there yet. */
  constructed(layer: Layer, site: Site | null): void {
    if (site) this.#sites.set(layer, site)
    if ('getLayer' in layer) this.#models.push(new WeakRef(layer))
  }

  /** Notes that a model was read from a file: all its layers stand on the line of that call. */
  loaded(model: Layer, site: Site | null): void {
    this.#loaded.add(model)
    if (site) this.#sites.set(model, site)
    for (const layer of model.layers ?? []) this.loaded(layer, site)
  }

  /**
   * A forward pass begins; tensors of earlier ones are forgotten.
   * @param pass the variables that this training step trains.
   */
  beginPass(pass: Pass): void {
    this.#producers.clear()
    this.#pass = pass
    this.#last = null
  }

  /** The training step's forward pass is over: the layer called last gave its output to the loss. */
  endPass(): void {
    if (!this.#last || this.#last.endsPass) return
    this.#last.endsPass = true
    this.changed = true
  }

  /** Notes that a layer has turned `inputs` into `output`, in a training step or in evaluation. */
  called(layer: Layer, inputs: Tensor[], output: Tensor, split: Split): Entry {
    let entry = this.#entries.get(layer)
    if (!entry) this.#entries.set(layer, (entry = this.#add(layer, output)))
    entry.taken = split === 'eval' || this.#takesPart(layer, entry)
    for (const input of inputs) this.#connect(this.#producers.get(input.id), entry)
    // Evaluation has no step to begin a pass at; a bound keeps a long one from piling up tensor ids.
    if (this.#producers.size > 4 * this.#order.length + 64) this.#producers.clear()
    this.#producers.set(output.id, entry)
    if (split === 'train') this.#last = entry
    return entry
  }

  /** Ids of the layers disposed of since this was last asked: they can never be called again. */
  gone(): string[] {
    const ids = [...this.#alive].flatMap(([id, layer]) => (isGone(layer.deref()) ? [id] : []))
    for (const id of ids) this.#alive.delete(id)
    return ids
  }

  /** Of all layers those that are new, or have changed since this was last asked. */
  news(layers: readonly LayerInfo[]): LayerInfo[] {
    return layers.filter(({ id, inbound, isOutput: output, notMeasured }) => {
      // Nothing else about a layer changes.
      const changeable = `${inbound.length} ${output} ${notMeasured}`
      const isNews = this.#told.get(id) !== changeable
      this.#told.set(id, changeable)
      return isNews
    })
  }

  /** All layers as the `model` event lists them. */
  describe(): LayerInfo[] {
    this.changed = false
    const outputs = new Set<string>()
    for (const model of this.#models) {
      for (const layer of model.deref()?.outputLayers ?? []) {
        const entry = this.#entries.get(layer)
        if (entry) outputs.add(entry.info.id)
      }
    }
    return this.#order.map((entry) => ({
      ...entry.info,
      notMeasured: entry.info.notMeasured ?? (entry.part === 'none' ? ASIDE : null),
      inbound: [...entry.inbound].map(({ info }) => info.id),
      isOutput: isOutput(entry, outputs),
    }))
  }

  /** Whether a layer's output in this training step is to be measured: what its part in training is. */
  #takesPart(layer: Layer, entry: Entry): boolean {
    if (entry.info.parameters > 0 && this.#trains(layer)) {
      this.#promote(entry, 'trained')
      return true
    }
    if (entry.part === 'unseen') this.#promote(entry, 'none')
    return entry.part === 'feeds'
  }

  #trains(layer: Layer): boolean {
    let variables = this.#variables.get(layer)
    if (!variables) this.#variables.set(layer, (variables = variablesOf(layer)))
    return variables.some((variable) => this.#pass.has(variable))
  }

  #promote(entry: Entry, part: Part): void {
    if (entry.part === part) return
    // What was taken while a layer only fed others (a generator in its critic's step) is of another training.
    entry.restart = entry.part === 'feeds'
    entry.part = part
    this.changed = true
    if (part === 'none') return
    for (const producer of entry.inbound) this.#feeds(producer)
  }

  /** A layer that is never trained itself counts where its output reaches one that is (a frozen base). */
  #feeds(entry: Entry): void {
    if (entry.part === 'unseen' || entry.part === 'none') this.#promote(entry, 'feeds')
  }

  #connect(producer: Entry | undefined, entry: Entry): void {
    if (!producer) entry.fedByData = true
    if (!producer || producer === entry || entry.inbound.has(producer)) return
    producer.consumers.add(entry)
    entry.inbound.add(producer)
    this.changed = true
    if (entry.part === 'trained' || entry.part === 'feeds') this.#feeds(producer)
  }

  #add(layer: Layer, output: Tensor): Entry {
    let id = layer.name
    for (let n = 2; this.#ids.has(id); n++) id = `${layer.name} (${n})`
    this.#ids.add(id)
    this.changed = true
    const width = widthOf(layer, output)
    const info = {
      id,
      name: layer.name,
      kind: kindOf(layer),
      site: this.#sites.get(layer) ?? null,
      width,
      // A loaded model's width is in its file, not in the code.
      widthProperty: this.#loaded.has(layer) ? null : widthProperty(layer, width),
      outputShape: [null, ...output.shape.slice(1)],
      parameters: parametersOf(layer),
      activation: (layer.cell ?? layer).activation?.getClassName?.() ?? null,
      notMeasured: selects(this.#options, layer.name, kindOf(layer))
        ? (reasonNotToMeasure(layer, output) ?? this.unmeasurable)
        : 'it is not among the layers chosen for measuring',
    }
    const links = { inbound: new Set<Entry>(), consumers: new Set<Entry>(), fedByData: false, endsPass: false }
    const entry: Entry = { turn: this.#order.length, info, part: 'unseen', taken: false, restart: false, ...links }
    this.#order.push(entry)
    this.#alive.set(id, new WeakRef(layer))
    return entry
  }
}

/** Variables that a training step takes gradients with respect to. */
export type Pass = ReadonlySet<unknown>

/**
 * A layer's part in training. trained: some step has changed its weights. feeds: none has, and its output reaches a
 * layer that is trained. none: it ran in training steps without either. unseen: it never ran in one.
 */
type Part = 'unseen' | 'none' | 'feeds' | 'trained'

const ASIDE = 'no training step changes its weights, and no layer that is trained takes its output'

export interface Entry {
  /** Position in the order of the forward pass plus the number of calls: whose turn it is under a tight budget. */
  turn: number
  info: Omit<LayerInfo, 'inbound' | 'isOutput'>
  part: Part
  /** Whether the output of the present call is to be measured. */
  taken: boolean
  /** Set when what was measured of it so far is to be forgotten; cleared by whoever does so. */
  restart: boolean
  inbound: Set<Entry>
  /** Layers that have taken its output. */
  consumers: Set<Entry>
  /** Whether an input was no layer's output: data, or the result of plain ops. */
  fedByData: boolean
  /** Whether it was the last layer of a training step. */
  endsPass: boolean
}

/** Whether a layer was disposed of, or is no more. */
function isGone(layer: Layer | undefined): boolean {
  return !layer || layer.weights.some(({ val }) => val.isDisposed)
}

/** A layer's weights; custom layers may also keep a `tf.variable` in a property of their own. */
function variablesOf(layer: Layer): object[] {
  return [...layer.weights.map((weight) => weight.val), ...ownVariables(layer)]
}

function ownVariables(layer: Layer): Tensor[] {
  return Object.values(layer).filter(isVariable) as Tensor[]
}

function parametersOf(layer: Layer): number {
  const own = ownVariables(layer).map(({ shape }) => shape.reduce((product, size) => product * size, 1))
  return own.reduce((sum, size) => sum + size, layer.countParams())
}

function reasonNotToMeasure(layer: Layer, output: Tensor): string | null {
  if (parametersOf(layer) === 0) return 'it has no weights'
  if (NORMALISERS.has(kindOf(layer))) return 'it only rescales the features of the layer before it'
  if (output.dtype !== 'float32') return `its output is ${output.dtype}, not float32`
  if (output.shape.length < 2) return 'its output has no feature axis'
  return null
}

/** Number of features: the size of the channel axis, else of the last. */
function widthOf(layer: Layer, output: Tensor): number | null {
  if (output.shape.length < 2) return null
  return (layer.dataFormat === 'channelsFirst' ? output.shape[1] : output.shape.at(-1)) ?? null
}

/** The config property that holds the width; null where none does (depthwise convolution, bidirectional concat). */
function widthProperty(layer: Layer, width: number | null): LayerInfo['widthProperty'] {
  for (const name of ['filters', 'units', 'outputDim'] as const)
    if (width !== null && (layer[name] ?? layer.cell?.[name as 'units' | 'filters']) === width) return name
  return null
}
