import { DEFAULT_THRESHOLDS, verdictKind } from '../advice/verdictKind.ts'
import { NetworkSize } from '../folding/networkSize.ts'
import type { RecipeGroup } from '../folding/recipe.ts'
import type { Wide } from './narrowed.ts'
import type { Candidate } from './widthSearch.ts'

/** Wider networks that are tried at most, each with twice the width of the one before in the crowded layers. */
const MAX_WIDER = 2

/** The groups with a crowded layer at the end of the wide network's training whose width is for us to choose. */
export function crowdedGroups({ recipe, training: { state } }: Wide): RecipeGroup[] {
  const isCrowded = (id: string): boolean => {
    const layer = state.layers.find((each) => each.id === id)
    return layer !== undefined && verdictKind(layer, DEFAULT_THRESHOLDS) === 'crowded'
  }
  return recipe.groups.filter(({ fixed, kept, layers }) => fixed === null && kept === null && layers.some(isCrowded))
}

/**
 * Networks whose crowded layers are wider, and whose other layers are as wide as in the narrowest network that held. A
 * layer that was narrowed there was not crowded after all.
 */
export function widerNetworks(wide: Wide, held: Candidate): Candidate[] {
  const crowded = crowdedGroups(wide).filter(({ layers }) => layers.every((id) => held.widths[id] === undefined))
  if (crowded.length === 0) return []
  const size = new NetworkSize(wide.recipe, wide.proof.parameters)
  return Array.from({ length: MAX_WIDER }, (_, i): Candidate => {
    const grown = crowded.flatMap(({ layers, width, multiple, offset }) => {
      const wider = offset + multiple * Math.round((2 ** (i + 1) * width - offset) / multiple)
      return layers.map((id) => [id, wider] as const)
    })
    const widths = { ...held.widths, ...Object.fromEntries(grown) }
    const byGroup = wide.recipe.groups.map(
      ({ id, layers: [layer = ''], width }) => [id, widths[layer] ?? width] as const,
    )
    const parameters = size.parameters(new Map(byGroup))
    return { name: `wider-${i + 1}`, widths, parameters, difference: null }
  })
}
