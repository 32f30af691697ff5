/** What coupling needs to know of a layer. */
export interface Node {
  id: string
  /** Class name, e.g. `Add`. */
  kind: string
  /** Ids of the layers feeding this one. */
  inbound: string[]
}

/** Layers whose inputs must agree in shape: changing one branch's width means changing all. */
const SHAPE_MATCHING = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply'])

/** Layers that pass the features on unchanged in number, so that a coupling behind them reaches back through them. */
const PASSES_WIDTH_ON = new Set([
  'Activation',
  'AlphaDropout',
  'AveragePooling1D',
  'AveragePooling2D',
  'AveragePooling3D',
  'BatchNormalization',
  'Cropping2D',
  'Dropout',
  'ELU',
  'GaussianDropout',
  'GaussianNoise',
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'LayerNormalization',
  'LeakyReLU',
  'MaxPooling1D',
  'MaxPooling2D',
  'MaxPooling3D',
  'PReLU',
  'ReLU',
  'Softmax',
  'SpatialDropout1D',
  'ThresholdedReLU',
  'UpSampling2D',
  'ZeroPadding2D',
  'DepthwiseConv2D',
  ...SHAPE_MATCHING,
])

/**
 * Layers whose width has to change together with that of `id`, because an element-wise merge (a residual connection)
 * joins their outputs.
 * @returns their ids in the order of the forward pass, without `id`; empty when the layer's width is free.
 */
export function coupledWith(layers: readonly Node[], id: string): string[] {
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  const reached = new Set<string>()
  const merges = new Set<string>()
  const setsOwnWidth = (layer: Node) => !PASSES_WIDTH_ON.has(layer.kind)

  const downstream = (from: string): void => {
    for (const layer of layers) {
      if (!layer.inbound.includes(from) || setsOwnWidth(layer) || merges.has(layer.id)) continue
      if (SHAPE_MATCHING.has(layer.kind) && layer.inbound.length > 1) {
        merges.add(layer.id)
        layer.inbound.forEach(upstream)
      }
      downstream(layer.id)
    }
  }
  const upstream = (from: string): void => {
    const layer = byId.get(from)
    if (!layer || reached.has(from)) return
    reached.add(from)
    if (!setsOwnWidth(layer)) layer.inbound.forEach(upstream)
    downstream(from)
  }
  downstream(id)
  reached.delete(id)
  return layers.filter((layer) => reached.has(layer.id) && setsOwnWidth(layer)).map((layer) => layer.id)
}
