import type { Layer as LayerInfo, Site } from '../../protocol/layer.ts'
import type { Split } from '../../protocol/measurement.ts'
import { DEFAULT_OPTIONS, selects, type MeasureOptions } from '../../protocol/measureOptions.ts'
import { activationBehind } from './activationBehind.ts'
import { CopiedWeights } from './copiedWeights.ts'
import { createNode, type LayerNode, type Part } from './layerNode.ts'
import { describePositions } from './described/positions.ts'
import { limitOf } from './described/limitOf.ts'
import type { MeasuredSite } from './measuredSite.ts'
import { isOutput } from './described/outputLayers.ts'
import { OutsideUses } from './outsideUses.ts'
import type { LayerFacts, LayerWidth } from '../../model/axes/widthGroups.ts'
import { EIGENSPACE_PROJECTION, layerKind } from '../../model/layerKinds.ts'
import { isGone, variablesOf } from '../tfjs/layerTraits.ts'
import { kindOf, type Layer, type Tensor } from '../tfjs/tfjs.ts'

const NOT_TRAINED = 'no training step changes its weights, and no layer that is trained takes its output'

/**
 * The layers of the run in the order of the forward pass, and the graph between them. The tensors of each pass show
 * which layer's output entered which layer, also in nested and shared models.
 */
export class LayerGraph {
  readonly #options: MeasureOptions
  /** Layers are referenced weakly throughout: a program that builds many models must be able to free them. */
  readonly #nodes = new WeakMap<Layer, LayerNode>()
  readonly #order: LayerNode[] = []
  readonly #byId = new Map<string, LayerNode>()
  readonly #ids = new Set<string>()
  /** Layers that have not been disposed of, by id. */
  readonly #alive = new Map<string, WeakRef<Layer>>()
  /** The changeable properties of each layer as last reported, by id. */
  readonly #reported = new Map<string, string>()
  readonly #sites = new WeakMap<Layer, Site>()
  readonly #loaded = new WeakSet<Layer>()
  readonly #variables = new WeakMap<Layer, object[]>()
  readonly #copied = new CopiedWeights(
    (layer) => this.#sites.get(layer),
    (layer) => this.#nodes.get(layer)?.part === 'trained',
  )
  /** What the program does with layers beyond training steps. */
  readonly outside = new OutsideUses(
    (layer) => this.#nodes.has(layer),
    () => (this.changed = true),
  )
  readonly #models: WeakRef<Layer>[] = []
  /** Tensor id → the layer that produced it, within the present pass. */
  readonly #producers = new Map<number, LayerNode>()
  #trainedVariables: ReadonlySet<unknown> = new Set()
  /** The layer called last in the present training step. */
  #last: LayerNode | null = null
  /** Whether the graph has changed since `describe` was last called. */
  changed = false
  /** Why no layer can be measured; null where they can. To be set before the first layer is called. */
  unmeasurable: string | null = null
  readonly #sourceWidthOf: (layer: Layer, width: number | null) => number | null

  /** @param sourceWidthOf the width that the source gives to a layer; null where no override has changed it */
  constructor(
    options = DEFAULT_OPTIONS,
    sourceWidthOf: (layer: Layer, width: number | null) => number | null = () => null,
  ) {
    this.#options = options
    this.#sourceWidthOf = sourceWidthOf
  }

  /** Notes a layer or model under construction; its name and config are not there yet. */
  constructed(layer: Layer, site: Site | null): void {
    if (site) this.#sites.set(layer, site)
    if ('getLayer' in layer) this.#models.push(new WeakRef(layer))
  }

  /** Where a layer is constructed; null where that is not known. */
  siteOf(layer: Layer): Site | null {
    return this.#sites.get(layer) ?? null
  }

  /** Notes that a model was read from a file: the line of that call becomes the site of all its layers. */
  loaded(model: Layer, site: Site | null): void {
    this.#loaded.add(model)
    if (site) this.#sites.set(model, site)
    for (const layer of model.layers ?? []) this.loaded(layer, site)
  }

  /** Notes that the program has set the weights of a layer, or of a model's layers. */
  weightsSet(target: Layer, weights: readonly unknown[]): void {
    this.#copied.set(target, weights)
    this.changed = true
  }

  /**
   * Begins a forward pass; tensors of earlier ones are forgotten.
   * @param trainedVariables the variables that this training step takes gradients with respect to.
   */
  beginPass(trainedVariables: ReadonlySet<unknown>): void {
    this.#producers.clear()
    this.#trainedVariables = trainedVariables
    this.#last = null
  }

  /** Ends the training step's forward pass: the layer called last gave its output to the loss. */
  endPass(): void {
    this.outside.settle()
    if (!this.#last || this.#last.endsPass) return
    this.#last.endsPass = true
    this.changed = true
  }

  /** Notes that a layer has turned `inputs` into `output`, in a training step or in evaluation. */
  called(layer: Layer, inputs: Tensor[], output: Tensor, split: Split): LayerNode {
    let node = this.#nodes.get(layer)
    if (!node) this.#nodes.set(layer, (node = this.#add(layer, inputs, output)))
    node.measuredNow = split === 'eval' || this.#takesPart(layer, node)
    for (const input of inputs) this.#connect(this.#producers.get(input.id), node)
    this.#follow(node, inputs)
    // An evaluation has no step at which a pass begins; this bound keeps a long one from accumulating tensor ids.
    if (this.#producers.size > 4 * this.#order.length + 64) this.#producers.clear()
    this.#producers.set(output.id, node)
    if (split === 'train') this.#last = node
    return node
  }

  /**
   * Returns the layer that the present output of `node` is measured for: itself, the linear layer before an activation,
   * or null where the output is measured later, behind the activation.
   */
  measuredFor(node: LayerNode): LayerNode | null {
    if (node.behind) return null
    return node.carries?.behind === node ? node.carries : node
  }

  /** Returns the ids of the layers disposed of since the last call: such a layer can never be called again. */
  takeDisposed(): string[] {
    const ids = [...this.#alive].flatMap(([id, layer]) => (isGone(layer.deref()) ? [id] : []))
    for (const id of ids) this.#alive.delete(id)
    return ids
  }

  /** Returns those of the layers that are new, or have changed since the last call. */
  takeChanged(layers: readonly LayerInfo[]): LayerInfo[] {
    return layers.filter(({ id, inbound, isOutput: output, notMeasured, ...layer }) => {
      // Nothing else about a layer changes.
      const { group, limit, measuredBehind, reachesLoss, positions, input } = layer
      const traced = JSON.stringify([group, limit, measuredBehind, reachesLoss, positions, input])
      const changeable = `${inbound.length} ${output} ${notMeasured} ${traced}`
      const isChanged = this.#reported.get(id) !== changeable
      this.#reported.set(id, changeable)
      return isChanged
    })
  }

  /** A layer's id in the run; null before its first pass. */
  idOf(layer: Layer): string | null {
    return this.#nodes.get(layer)?.info.id ?? null
  }

  /** Returns what a layer's group of one width depends on, beside the operations of a step. */
  factsOf(id: string): LayerFacts {
    const node = this.#byId.get(id)!
    const { info, part, loaded, fanIn } = node
    const layer = this.#alive.get(id)?.deref()
    if (layer) node.codeUse = this.outside.of(layer)
    const isCopied = layer !== undefined && !isGone(layer) && this.#copied.has(layer)
    const { passesWidthOn, normaliser, reshapes, wrapper } = layerKind(info.kind)
    const makesFeatures = wrapper || (passesWidthOn || normaliser || reshapes ? false : 'ifWeights')
    return {
      setsWidth: info.widthProperty !== null || makesFeatures,
      givenWeights: loaded || (part !== 'trained' && info.kind !== EIGENSPACE_PROJECTION) || isCopied,
      fanIn,
      ...node.codeUse,
    }
  }

  /**
   * Returns all layers as the `model` event lists them.
   * @param widthOf what traced steps show of a layer's width; null for a layer that no traced step has called.
   */
  describe(widthOf: (id: string) => LayerWidth | null): LayerInfo[] {
    this.changed = false
    const outputs = new Set<string>()
    for (const model of this.#models) {
      for (const layer of model.deref()?.outputLayers ?? []) {
        const node = this.#nodes.get(layer)
        if (node) outputs.add(node.info.id)
      }
    }
    return this.#order.map((node) => {
      const width = widthOf(node.info.id)
      return {
        ...node.info,
        notMeasured: node.info.notMeasured ?? (node.part === 'none' ? NOT_TRAINED : null),
        inbound: [...node.inbound].map(({ info }) => info.id),
        isOutput: width?.isOutput ?? isOutput(node, outputs),
        ...(width && width.group !== null ? { group: groupOf(width, width.group) } : {}),
        ...limitOf(node, width?.fedBy),
        ...(node.behind ? { measuredBehind: node.behind.info.id } : {}),
        ...(width?.reachesLoss && width.isOutput === false ? { reachesLoss: true } : {}),
        ...describePositions(node),
      }
    })
  }

  /** Returns where layers are measured that live on. @param layers as `describe` returns them */
  sites(layers: readonly LayerInfo[]): MeasuredSite[] {
    return layers.flatMap(({ id, name, width, notMeasured, measuredBehind, isOutput: output }) => {
      const layer = this.#alive.get(measuredBehind ?? id)?.deref()
      if (notMeasured !== null || width === null || !layer || isGone(layer)) return []
      return [{ id, name, width, layer, isOutput: output }]
    })
  }

  /** Updates a layer's part in training, and returns whether its output in this training step is to be measured. */
  #takesPart(layer: Layer, node: LayerNode): boolean {
    if (node.info.parameters > 0 && this.#trains(layer)) {
      this.#promote(node, 'trained')
      return true
    }
    if (node.part === 'unseen') this.#promote(node, 'none')
    return node.part === 'feeds'
  }

  #trains(layer: Layer): boolean {
    let variables = this.#variables.get(layer)
    if (!variables) this.#variables.set(layer, (variables = variablesOf(layer)))
    return variables.some((variable) => this.#trainedVariables.has(variable))
  }

  #promote(node: LayerNode, part: Part): void {
    if (node.part === part) return
    // Measurements from when the layer only fed others (a generator in its critic's step) are of another training.
    if (node.part === 'feeds' && node.restart === 'none') node.restart = 'train'
    node.part = part
    this.changed = true
    if (part === 'none') return
    for (const producer of node.inbound) this.#feeds(producer)
  }

  /** Finds whose features a layer's output has, and where those of a linear layer are measured from now on. */
  #follow(node: LayerNode, inputs: Tensor[]): void {
    const kind = layerKind(node.info.kind)
    const producer = inputs.length === 1 ? this.#producers.get(inputs[0]!.id) : undefined
    node.carries = kind.normaliser || kind.activation ? (producer?.carries ?? null) : node
    if (kind.contraction === null || this.#options.preActivation) return
    const behind = activationBehind(node)
    if (behind === node.behind) return
    node.behind = behind
    node.restart = 'both'
    this.changed = true
  }

  /** A layer that is never trained itself is measured where its output reaches one that is (a frozen base). */
  #feeds(node: LayerNode): void {
    if (node.part === 'unseen' || node.part === 'none') this.#promote(node, 'feeds')
  }

  #connect(producer: LayerNode | undefined, node: LayerNode): void {
    if (!producer) node.fedByData = true
    if (producer === node) node.repeats = true
    if (!producer || producer === node || node.inbound.has(producer)) return
    producer.consumers.add(node)
    node.inbound.add(producer)
    this.changed = true
    if (node.part === 'trained' || node.part === 'feeds') this.#feeds(producer)
  }

  #add(layer: Layer, inputs: Tensor[], output: Tensor): LayerNode {
    let id = layer.name
    for (let n = 2; this.#ids.has(id); n++) id = `${layer.name} (${n})`
    this.#ids.add(id)
    this.changed = true
    const node = createNode(layer, inputs, output, {
      id,
      position: this.#order.length,
      site: this.siteOf(layer),
      loaded: this.#loaded.has(layer),
      selected: selects(this.#options, layer.name, kindOf(layer)),
      unmeasurable: this.unmeasurable,
    })
    const sourceWidth = this.#sourceWidthOf(layer, node.info.width)
    if (sourceWidth !== null) node.info.sourceWidth = sourceWidth
    this.#order.push(node)
    this.#byId.set(id, node)
    this.#alive.set(id, new WeakRef(layer))
    return node
  }
}

/** A layer's group as the `model` event has it: without the multiple 1 and the offset 0. */
function groupOf({ given, unknown, multiple, offset }: LayerWidth, id: string): NonNullable<LayerInfo['group']> {
  return { id, given, unknown, ...(multiple > 1 ? { multiple } : {}), ...(offset > 0 ? { offset } : {}) }
}
