import type { Heir, LearnedLayer } from './learned.ts'

/** Names that TensorFlow.js gives to layers that have none: they count the layers made so far. */
const COUNTED_NAME = /_[A-Za-z0-9]+\d+$/

/**
 * Finds for each layer of a new run the layer of the earlier one that it was. Layers of the same kind and name are the
 * same. Other layers, whose names may have been counted anew, are the same if they are of the same kind, made on the same
 * line, as the n-th that line makes.
 * @returns by index of the heir; missing for layers that are new.
 */
export function matchLayers(layers: readonly LearnedLayer[], heirs: readonly Heir[]): Map<number, LearnedLayer> {
  const pairs = new Map<number, LearnedLayer>()
  const free = new Set(layers)
  const take = (heir: number, layer: LearnedLayer | undefined) => {
    if (!layer || pairs.has(heir)) return
    pairs.set(heir, layer)
    free.delete(layer)
  }
  // Where all names are there again, they are the same layers, counted or not.
  const names = new Set(heirs.map(({ name }) => name))
  const isCountedAnew = layers.length !== heirs.length || layers.some(({ name }) => !names.has(name))
  const isName = (name: string) => !isCountedAnew || !COUNTED_NAME.test(name)
  heirs.forEach(({ name, kind }, heir) => {
    if (isName(name))
      take(
        heir,
        [...free].find((layer) => layer.name === name && layer.kind === kind),
      )
  })
  heirs.forEach(({ file, line, kind }, heir) => {
    if (line === null || pairs.has(heir)) return
    const isThere = (layer: LearnedLayer) =>
      layer.file === file && layer.line === line && layer.kind === kind && !isName(layer.name)
    take(heir, [...free].find(isThere))
  })
  heirs.forEach(({ name, kind }, heir) => {
    if (!pairs.has(heir))
      take(
        heir,
        [...free].find((layer) => layer.name === name && layer.kind === kind),
      )
  })
  return pairs
}
