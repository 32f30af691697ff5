import type { Heir, Inheritance, Learned } from './learned.ts'
import { hasShapesOf, matchLayers } from './matchLayers.ts'

/**
 * What the layers of a new network inherit from an earlier run. Layers of equal shapes are copied, all others are left.
 * @param heirs in the order of their construction; their names are unique
 * @returns by name of the heir: its new weights, in the order of its own; layers that are left have none.
 */
export function inherit(
  learned: Learned,
  heirs: readonly Heir[],
): { weights: Map<string, Float32Array[]>; inheritances: Inheritance[] } {
  const matches = matchLayers(learned.layers, heirs)
  const weights = new Map<string, Float32Array[]>()
  const inheritances = heirs.map((heir): Inheritance => {
    const layer = matches.get(heir)
    if (!layer) return { layer: heir.name, how: 'left', reason: reasonOf(learned, heir) }
    if (!hasShapesOf(layer, heir)) {
      return { layer: heir.name, how: 'left', reason: 'its weights had other shapes' }
    }
    weights.set(
      heir.name,
      layer.weights.map(({ values }) => values),
    )
    return { layer: heir.name, how: 'copied', reason: null }
  })
  return { weights, inheritances }
}

/** Why no layer of the run is this one. */
function reasonOf({ layers }: Learned, { name, kind }: Heir): string {
  const namesake = layers.find((layer) => layer.name === name)
  return namesake && namesake.kind !== kind ? `it was of the class ${namesake.kind}` : 'the run had no such layer'
}
