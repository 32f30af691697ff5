import type { Layer as LayerInfo, Site } from '../../protocol/layer.ts'
import type { Split } from '../../protocol/measurement.ts'
import { DEFAULT_OPTIONS, selects, type MeasureOptions } from '../../protocol/measureOptions.ts'
import { activationBehind } from './activationBehind.ts'
import { CopiedWeights } from './copiedWeights.ts'
import { ChangedNodes } from './nodes/changedNodes.ts'
import { createNode, type LayerNode } from './nodes/layerNode.ts'
import { LivingLayers } from './nodes/livingLayers.ts'
import type { MeasuredSite } from './nodes/measuredSite.ts'
import { PartsInTraining } from './nodes/partsInTraining.ts'
import { ModelOutputs } from './nodes/modelOutputs.ts'
import { Successors } from './nodes/successors.ts'
import { UncalledLayers } from './nodes/uncalledLayers.ts'
import { describeLayer, type WidthOf } from './described/describeLayer.ts'
import { ReportedLayers } from './described/reportedLayers.ts'
import { OutsideUses } from './outsideUses.ts'
import type { LayerFacts } from '../../model/axes/widthGroups.ts'
import { EIGENSPACE_PROJECTION, LAYER_KINDS, layerKind } from '../../model/layerKinds.ts'
import { isGone, ownVariables, variablesOf } from '../tfjs/layerTraits.ts'
import { kindOf, type Layer, type Tensor } from '../tfjs/tfjs.ts'

const CALLED_DIRECTLY = 'it is called by call(), not apply()'

/**
 * The layers of the run in the order of the forward pass, and the graph between them. The tensors of each pass show
 * which layer's output entered which layer, also in nested and shared models.
 */
export class LayerGraph {
  readonly #options: MeasureOptions
  /**
   * Layers are referenced weakly: a program that builds many models must be able to free them. Of layers that are made
   * anew in each step, the last one is held, because each `WeakRef` keeps its layer until the program yields.
   */
  readonly #nodes = new WeakMap<Layer, LayerNode>()
  /** The layers that something is still to be said of, in the order of the forward pass. */
  readonly #byId = new Map<string, LayerNode>()
  /** By id that is taken: the number to try next for another layer of that name. */
  readonly #ids = new Map<string, number>()
  readonly #alive = new LivingLayers()
  readonly #successors = new Successors()
  readonly #outputs = new ModelOutputs()
  readonly #changes = new ChangedNodes()
  readonly #parts = new PartsInTraining(this.#changes)
  readonly #uncalled = new UncalledLayers()
  readonly #reported = new ReportedLayers()
  readonly #sites = new WeakMap<Layer, Site>()
  /** Passes that had begun when a layer was read from a file. */
  readonly #loadedIn = new WeakMap<Layer, number>()
  readonly #madeInPass = new WeakSet<Layer>()
  readonly #copied = new CopiedWeights(
    (layer) => this.#sites.get(layer),
    (layer) => this.#nodes.get(layer)?.part === 'trained',
  )
  /** What the program does with layers beyond training steps. */
  readonly outside = new OutsideUses(
    (layer) => this.#nodes.has(layer),
    (layer) => this.#mark(layer),
  )
  /** Tensor id → the layer that produced it, within the present pass. */
  readonly #producers = new Map<number, LayerNode>()
  /** The layer called last in the present training step. */
  #last: LayerNode | null = null
  /** Layers so far. */
  count = 0
  /** Passes that have begun so far. */
  #passes = 0
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

  /** Whether something has changed since `takeChanged` was last called. */
  get changed(): boolean {
    return this.#changes.any
  }

  /**
   * Notes a layer or model under construction; its name and config are not there yet.
   * @param inPass whether a training step or an evaluation is in progress
   */
  constructed(layer: Layer, site: Site | null, inPass = false): void {
    if (site) this.#sites.set(layer, site)
    if (inPass) this.#madeInPass.add(layer)
    if ('getLayer' in layer) this.#outputs.add(layer)
    else this.#uncalled.add(layer)
  }

  /** Notes that no code will call a layer, though its weights are those of one that is called. */
  neverCalled(layer: Layer): void {
    this.#uncalled.delete(layer)
  }

  /** Where a layer is constructed; null where that is not known. */
  siteOf(layer: Layer): Site | null {
    return this.#sites.get(layer) ?? null
  }

  /** Notes that a model was read from a file: the line of that call becomes the site of all its layers. */
  loaded(model: Layer, site: Site | null): void {
    this.#loadedIn.set(model, this.#passes)
    if (site) this.#sites.set(model, site)
    for (const layer of model.layers ?? []) this.loaded(layer, site)
  }

  /** Notes that the program has set the weights of a layer, or of a model's layers. */
  weightsSet(target: Layer, weights: readonly unknown[]): void {
    if (this.#copied.set(target, weights)) this.#changes.addAll()
  }

  /**
   * Begins a forward pass; tensors of earlier ones are forgotten.
   * @param trainedVariables the variables that this training step takes gradients with respect to.
   */
  beginPass(trainedVariables: ReadonlySet<unknown>): void {
    this.#producers.clear()
    this.#parts.beginPass(trainedVariables)
    this.#last = null
    this.#passes++
    this.#successors.beginPass()
  }

  /** Begins to evaluate a batch. */
  beginEvaluation(): void {
    this.#passes++
    this.#successors.beginPass()
  }

  /** Ends the training step's forward pass: the layer called last gave its output to the loss. */
  endPass(): void {
    this.outside.settle()
    this.#uncalled.settle()
    if (!this.#last || this.#last.endsPass) return
    this.#last.endsPass = true
    this.#changes.addBefore(this.#last)
  }

  /**
   * Names the layers that the present training step trains and that nothing calls by `apply`: a layer of the program calls
   * them by `call`, past the monitor.
   * @param trained the variables that the step has read and trains
   */
  nameCalledDirectly(trained: ReadonlySet<unknown>): void {
    const ofCalled = new Set<object>()
    for (const { info, layer } of new Set(this.#producers.values())) {
      const called = layer.deref()
      if (!called) continue
      // A layer of the program may list the weights of layers that it calls by `call`.
      for (const variable of LAYER_KINDS.has(info.kind) ? variablesOf(called) : ownVariables(called))
        ofCalled.add(variable)
    }
    for (const layer of this.#uncalled.trainedBy(trained, ofCalled)) {
      this.#uncalled.delete(layer)
      const width = layer.units ?? layer.filters
      const output = { shape: width === undefined ? [1] : [1, width], dtype: 'float32' } as Tensor
      const node = this.#add(layer, [], output, this.siteOf(layer), this.#loadedIn.has(layer))
      node.info.outputShape = null
      node.info.notMeasured = CALLED_DIRECTLY
      this.#nodes.set(layer, node)
      this.#alive.set(node.info.id, node.layer)
    }
  }

  /** Notes that a layer is called, and that there is no time to look at it. */
  passOver(layer: Layer): void {
    this.#uncalled.delete(layer)
  }

  /** Whether a layer has a node, or may go on for one that has. */
  knows(layer: Layer): boolean {
    return this.#nodeOf(layer) !== undefined || this.#loadedIn.has(layer) || this.#madeInPass.has(layer)
  }

  /** Notes that a layer has turned `inputs` into `output`, in a training step or in evaluation. */
  called(layer: Layer, inputs: Tensor[], output: Tensor, split: Split): LayerNode {
    const node = this.#nodeOf(layer) ?? this.#succeedOrAdd(layer, inputs, output)
    node.calledIn = this.#passes
    node.measuredNow = split === 'eval' || this.#parts.takesPart(layer, node)
    for (const input of inputs) this.#connect(this.#producers.get(input.id), node)
    this.#follow(node, inputs)
    // An evaluation has no step at which a pass begins; this bound keeps a long one from accumulating tensor ids.
    if (this.#producers.size > 4 * this.#alive.size + 64) this.#producers.clear()
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

  /**
   * Returns ids of layers that were disposed of: such a layer can never be called again.
   * @param isNeeded whether what is known of a layer is needed further
   */
  takeDisposed(isNeeded: (id: string) => boolean): string[] {
    const gone = this.#alive.takeGone()
    for (const id of gone) if (!isNeeded(id)) this.#drop(id)
    return gone
  }

  /** Forgets those of the layers that are gone, because nothing needs them any more. @returns their ids */
  forget(ids: Iterable<string>): string[] {
    const gone = [...ids].filter((id) => !this.#alive.has(id))
    for (const id of gone) this.#drop(id)
    return gone
  }

  /**
   * Returns the layers that are new, or have changed since the last call, as the `model` event lists them.
   * @param widthsOf finds widths anew. It gets the ids of changed layers, null for all, and returns those of the layers
   *   whose widths may have changed, and what traced steps show of a layer's width.
   */
  takeChanged(widthsOf: (changed: ReadonlySet<string> | null) => FoundWidths): LayerInfo[] {
    this.#askModels()
    const taken = this.#changes.take()
    const found = widthsOf(taken && new Set([...taken].map(({ info }) => info.id)))
    const nodes = taken ?? new Set(this.#byId.values())
    for (const id of found.changed) {
      const node = this.#byId.get(id)
      if (node) nodes.add(node)
    }
    // What a layer that is gone can show was reported while it lived.
    const shown = [...nodes].filter(({ info: { id } }) => this.#alive.get(id) !== undefined || !this.#reported.has(id))
    const described = shown.sort((a, b) => a.position - b.position).map((node) => describeLayer(node, found.of))
    return described.filter((layer) => this.#reported.isNews(layer))
  }

  /** A layer's id in the run; null before its first pass. */
  idOf(layer: Layer): string | null {
    return this.#nodeOf(layer)?.info.id ?? null
  }

  /** Returns what a layer's group of one width depends on, beside the operations of a step. */
  factsOf(id: string): LayerFacts {
    const node = this.#byId.get(id)!
    const { info, part, loaded, fanIn } = node
    const layer = this.#alive.get(id)
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

  /** Returns all layers that are known, as the `model` event lists them. */
  describe(widthOf: WidthOf): LayerInfo[] {
    this.#askModels()
    return [...this.#byId.values()].map((node) => describeLayer(node, widthOf))
  }

  /** Returns where layers are measured that live on. @param layers as `describe` returns them */
  sites(layers: readonly LayerInfo[]): MeasuredSite[] {
    return layers.flatMap(({ id, name, width, notMeasured, measuredBehind, isOutput: output }) => {
      const layer = this.#alive.get(measuredBehind ?? id)
      if (notMeasured !== null || width === null || !layer || isGone(layer)) return []
      return [{ id, name, width, layer, isOutput: output }]
    })
  }

  /** Asks new models for their outputs. */
  #askModels(): void {
    for (const layer of this.#outputs.takeNew()) {
      const node = this.#nodeOf(layer)
      if (!node) continue
      node.isModelOutput = true
      this.#changes.addBefore(node)
    }
  }

  #drop(id: string): void {
    this.#byId.delete(id)
    this.#reported.delete(id)
  }

  /** A layer that something outside of the passes has been learned of. */
  #mark(layer: Layer): void {
    const node = this.#nodeOf(layer)
    if (node) this.#changes.add(node)
  }

  /** The node that stands for a layer now. */
  #nodeOf(layer: Layer): LayerNode | undefined {
    const node = this.#nodes.get(layer)
    // It was named only, and is called by \`apply\` after all.
    return node?.layer.deref() === layer ? node : undefined
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
    this.#changes.add(node)
  }

  #connect(producer: LayerNode | undefined, node: LayerNode): void {
    if (!producer && !node.fedByData) {
      node.fedByData = true
      this.#changes.addBehind(node)
      for (const before of node.inbound) this.#changes.addBefore(before)
    }
    if (producer === node && !node.repeats) {
      node.repeats = true
      this.#changes.add(node)
    }
    if (!producer || producer === node || node.inbound.has(producer)) return
    producer.consumers.add(node)
    node.inbound.add(producer)
    this.#changes.addBefore(producer)
    this.#changes.addBehind(node)
    if (node.part === 'trained' || node.part === 'feeds') this.#parts.feeds(producer)
  }

  /** The node of a layer at its first call. */
  #succeedOrAdd(layer: Layer, inputs: Tensor[], output: Tensor): LayerNode {
    const site = this.siteOf(layer)
    const loadedIn = this.#loadedIn.get(layer) ?? null
    const origin = { site, loadedIn, madeInPass: this.#madeInPass.has(layer) }
    const trained = this.#parts.trains(layer)
    const earlier = this.#successors.find(layer, output, origin, trained)
    this.#uncalled.delete(layer)
    const node = earlier ?? this.#add(layer, inputs, output, site, loadedIn !== null)
    if (earlier) {
      node.layer = loadedIn === null ? { deref: () => layer } : new WeakRef(layer)
      if (loadedIn === null && !node.madeAnew) {
        node.madeAnew = true
        this.#changes.add(node)
      }
    } else this.#successors.added(layer, output, origin, trained, node)
    this.#nodes.set(layer, node)
    this.#alive.set(node.info.id, node.layer)
    return node
  }

  #add(layer: Layer, inputs: Tensor[], output: Tensor, site: Site | null, loaded: boolean): LayerNode {
    const id = this.#newId(layer.name)
    const node = createNode(layer, inputs, output, {
      id,
      position: this.count++,
      site,
      loaded,
      selected: selects(this.#options, layer.name, kindOf(layer)),
      unmeasurable: this.unmeasurable,
    })
    const sourceWidth = this.#sourceWidthOf(layer, node.info.width)
    if (sourceWidth !== null) node.info.sourceWidth = sourceWidth
    node.isModelOutput = this.#outputs.has(layer)
    this.#byId.set(id, node)
    this.#changes.add(node)
    return node
  }

  #newId(name: string): string {
    let n = this.#ids.get(name) ?? 1
    let id = name
    while (this.#ids.has(id)) id = `${name} (${++n})`
    this.#ids.set(name, n)
    if (id !== name) this.#ids.set(id, 1)
    return id
  }
}

/** Widths that were found anew. */
export interface FoundWidths {
  /** Ids of the layers whose widths were found. */
  changed: Iterable<string>
  of: WidthOf
}
