import { layerKind, WIDTH_PROPERTIES } from '../../model/layerKinds.ts'
import { kindOf, type Layer } from '../tfjs/tfjs.ts'
import type { LayerArguments } from './layerArguments.ts'

/**
 * The argument that an override's property stands for: `width` is the one that sets the width of the layer's kind. A
 * few kinds (Resizing) have an argument of the name `width` instead.
 */
export function argumentOf(property: string, layer: Layer, args: LayerArguments): string {
  if (property !== 'width') return property
  const { widthProperty } = layerKind(kindOf(layer))
  if (widthProperty !== 'any') return widthProperty ?? property
  return WIDTH_PROPERTIES.find((name) => args[name] !== undefined || layer[name] !== undefined) ?? WIDTH_PROPERTIES[0]!
}

/** The layer that a layer of these arguments wraps, and its argument: a recurrent layer's cell, a wrapper's layer. */
export function innerLayer(args: LayerArguments): [key: string, inner: Layer] | null {
  for (const key of ['cell', 'layer']) {
    const inner = args[key] as Layer | null | undefined
    if (typeof inner?.getClassName === 'function') return [key, inner]
  }
  return null
}
