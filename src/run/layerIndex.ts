import type { LayerState } from './state.ts'

/** Positions by id, of each list of layers that was searched. A list only grows, and its layers keep their places. */
const indices = new WeakMap<readonly LayerState[], Map<string, number>>()

/** The position of a layer in a run's layers; -1 where it is not among them. A run may have thousands of layers. */
export function positionOf(layers: readonly LayerState[], id: string): number {
  let index = indices.get(layers)
  if (!index) indices.set(layers, (index = new Map<string, number>()))
  for (let position = index.size; position < layers.length; position++) index.set(layers[position]!.id, position)
  return index.get(id) ?? -1
}
