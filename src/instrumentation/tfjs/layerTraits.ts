import { layerKind, WIDTH_PROPERTIES, type WidthProperty } from '../../model/layerKinds.ts'
import { isVariable, kindOf, type Layer, type Tensor } from './tfjs.ts'

/** Whether passes of inner layers belong to this one: it calls them through `apply` during its own call. */
export function isWrapper(layer: Layer): boolean {
  return layerKind(kindOf(layer)).wrapper
}

/** True for Sequential, LayersModel and other containers of layers. */
export function isContainer(layer: Layer): boolean {
  return Array.isArray(layer.layers)
}

/** Whether a layer was disposed of, or collected as garbage. */
export function isGone(layer: Layer | undefined): boolean {
  return !layer || layer.weights.some(({ val }) => val.isDisposed)
}

/** Number of features: the size of the channel axis, else of the last. Null for an output without a feature axis. */
export function widthOf(layer: Layer, output: Tensor): number | null {
  if (output.shape.length < 2) return null
  return (layer.dataFormat === 'channelsFirst' ? output.shape[1] : output.shape.at(-1)) ?? null
}

/** The config property that holds the width; null where none does (depthwise convolution, bidirectional concat). */
export function widthProperty(layer: Layer, width: number | null): WidthProperty | null {
  const { widthProperty: declared } = layerKind(kindOf(layer))
  if (width === null || declared === null) return null
  const candidates = declared === 'any' ? WIDTH_PROPERTIES : [declared]
  return candidates.find((name) => (layer[name] ?? layer.cell?.[name as 'units' | 'filters']) === width) ?? null
}

/** The variables that a layer's output depends on: its weights, and its own `tf.variable` properties. */
export function variablesOf(layer: Layer): object[] {
  return [...layer.weights.map((weight) => weight.val), ...ownVariables(layer)]
}

/** Number of parameters, those of the layer's own `tf.variable` properties included. */
export function parametersOf(layer: Layer): number {
  const own = ownVariables(layer).map(({ shape }) => shape.reduce((product, size) => product * size, 1))
  // A layer that is not built yet cannot count its weights: it has none.
  return own.reduce((sum, size) => sum + size, layer.built === false ? 0 : layer.countParams())
}

/** Variables that a custom layer keeps in properties of its own instead of registering them as weights. */
export function ownVariables(layer: Layer): Tensor[] {
  return Object.values(layer).filter(isVariable) as Tensor[]
}
