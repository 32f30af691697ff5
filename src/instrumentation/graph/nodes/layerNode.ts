import type { Layer as LayerInfo, Site } from '../../../protocol/layer.ts'
import type { FanIn } from '../../../model/axes/feeds.ts'
import type { CodeUse } from '../../../model/axes/sizes/neededByCode.ts'
import { layerKind } from '../../../model/layerKinds.ts'
import { positionsOfBuilt, type BuiltPositions } from '../../../model/static/builtLayer.ts'
import { fanInOf } from '../fanIn.ts'
import { parametersOf, widthOf, widthProperty } from '../../tfjs/layerTraits.ts'
import { kindOf, type Layer, type Tensor } from '../../tfjs/tfjs.ts'

/**
 * A layer's part in training. trained: some step has changed its weights. feeds: none has, but its output reaches a
 * layer that is trained. none: it ran in training steps, and neither holds. unseen: it never ran in one.
 */
export type Part = 'unseen' | 'none' | 'feeds' | 'trained'

/** A reference to a layer: a weak one, unless another layer takes its place in the next step anyway. */
export interface LayerReference {
  deref(): Layer | undefined
}

/** A layer of the run in the graph of layers. */
export interface LayerNode {
  /** Position in the forward pass plus the number of calls so far: under a tight budget it decides when to measure. */
  turn: number
  /** Position in the order of the first calls. */
  readonly position: number
  info: Omit<
    LayerInfo,
    'inbound' | 'isOutput' | 'group' | 'limit' | 'measuredBehind' | 'reachesLoss' | 'positions' | 'input'
  >
  part: Part
  /** Whether the output of the present call is to be measured. */
  measuredNow: boolean
  /**
   * Which earlier measurements of this layer are to be discarded: those of training, or of both splits. Reset by the code
   * that discards them.
   */
  restart: 'none' | 'train' | 'both'
  /** The activation layer behind which this one is measured; null where its own output is measured. */
  behind: LayerNode | null
  /** The linear layer whose features this one's latest output has, normalised or not; null where there is none. */
  carries: LayerNode | null
  /** Layers whose output this one has taken. */
  inbound: Set<LayerNode>
  /** Layers that have taken its output. */
  consumers: Set<LayerNode>
  /** Whether an input was no layer's output: data, or the result of plain ops. */
  fedByData: boolean
  /** What it does to positions; null where that is not known. */
  positions: BuiltPositions | null
  /** Whether it has taken its own output, as a layer that is used repeatedly does. */
  repeats: boolean
  /** Whether it was the last layer of a training step. */
  endsPass: boolean
  /** Whether a model names it as one of its outputs. */
  isModelOutput: boolean
  /** Whether it was read from a file: the shapes of its weights are then given. */
  loaded: boolean
  /** What its features are sums over; null where no single weight makes them. */
  fanIn: FanIn | null
  /** What code beyond the training steps does with it, as last seen: the layer may be gone. */
  codeUse: CodeUse
  /** The layer that it stands for now; another one once a layer that is made anew, or loaded again, has taken its place. */
  layer: LayerReference
  /** Whether layers that were made in later passes have taken its place. */
  madeAnew: boolean
  /** Passes that had begun when it was called last. */
  calledIn: number
  /** Training steps in which it was called since one has changed its weights. */
  stepsUntrained: number
}

/** What the graph knows about a layer at its first call, beside what the layer itself says. */
interface Given {
  id: string
  /** Its position in the order of the forward pass. */
  position: number
  site: Site | null
  /** Whether it was read from a file: its width is then in that file, not in the code. */
  loaded: boolean
  /** Whether the options choose it for measuring. */
  selected: boolean
  /** Why no layer of this program can be measured; null where they can. */
  unmeasurable: string | null
}

/** @param inputs of the layer's first call @param output of the same */
export function createNode(layer: Layer, inputs: readonly Tensor[], output: Tensor, given: Given): LayerNode {
  const width = widthOf(layer, output)
  const info = {
    id: given.id,
    name: layer.name,
    kind: kindOf(layer),
    site: given.site,
    width,
    widthProperty: given.loaded ? null : widthProperty(layer, width),
    outputShape: [null, ...output.shape.slice(1)],
    parameters: parametersOf(layer),
    activation: (layer.cell ?? layer).activation?.getClassName?.() ?? null,
    notMeasured: given.selected
      ? (reasonNotToMeasure(layer, output) ?? given.unmeasurable)
      : 'it is not among the layers chosen for measuring',
  }
  const shapes = inputs.map(({ shape }) => shape)
  const positions = positionsOfBuilt(info.kind, layer as unknown as Record<string, unknown>, shapes, output.shape)
  const links = {
    inbound: new Set<LayerNode>(),
    consumers: new Set<LayerNode>(),
    fedByData: false,
    endsPass: false,
    isModelOutput: false,
    repeats: false,
  }
  const { position, loaded } = given
  const state = { part: 'unseen', measuredNow: false, restart: 'none', behind: null, carries: null } as const
  const succession = { madeAnew: false, calledIn: 0, stepsUntrained: 0 }
  return {
    turn: position,
    position,
    info,
    loaded,
    positions,
    fanIn: fanInOf(layer),
    codeUse: {},
    layer: new WeakRef(layer),
    ...state,
    ...links,
    ...succession,
  }
}

function reasonNotToMeasure(layer: Layer, output: Tensor): string | null {
  if (parametersOf(layer) === 0) return 'it has no weights'
  if (layerKind(kindOf(layer)).normaliser) return 'it only rescales the features of the layer before it'
  if (output.dtype !== 'float32') return `its output is ${output.dtype}, not float32`
  if (output.shape.length < 2) return 'its output has no feature axis'
  return null
}
