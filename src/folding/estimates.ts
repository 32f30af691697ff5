import { aboutZero, type Moments } from '../saturation/units/moments.ts'
import { reconstruction, type Reconstruction } from '../saturation/units/reconstruction.ts'
import { partsOf, PartSelection } from './units/parts.ts'
import { restorationOf, type Restoration } from './units/normalisation.ts'
import type { Consumer, GroupNormalisation, Recipe, RecipeGroup } from './recipe.ts'

/** Units of a group that are kept, and how the weights that take the group's units estimate the others from them. */
export interface GroupFold {
  readonly units: readonly number[]
  /** By id of the consumer. */
  readonly estimates: ReadonlyMap<string, Reconstruction>
  /** By id of the normalisation: how the kept units are restored. */
  readonly restorations: ReadonlyMap<string, Restoration>
}

/**
 * The orders in which the groups of a network lose their units, and the estimates of lost ones. All consumers of a group
 * have a say in the order; each has an estimate of its own, fitted to what reaches it.
 */
export class GroupEstimates {
  readonly recipe: Recipe
  readonly #moments = new Map<string, Moments>()
  /** By group and number of parts. */
  readonly #selections = new Map<string, PartSelection>()
  readonly #folds = new Map<string, GroupFold>()

  /** @param moments by id of the consumer, of its input */
  constructor(recipe: Recipe, moments: ReadonlyMap<string, Moments>) {
    this.recipe = recipe
    for (const { id, constant } of recipe.consumers) {
      const own = moments.get(id)
      // An estimate whose constant no weight could take is fitted without one.
      if (own) this.#moments.set(id, constant ? own : aboutZero(own))
    }
    for (const { id } of recipe.normalisations ?? []) {
      const own = moments.get(id)
      if (own) this.#moments.set(id, own)
    }
  }

  /** Why a group cannot be folded, as a clause; null where it can. */
  reasonToKeep(group: RecipeGroup): string | null {
    if (group.kept !== null) return group.kept
    const takers = [
      ...this.#consumersOf(group.id),
      ...this.#normalisationsOf(group.id).map(({ id, scale, offset }) => ({ id, layer: (scale ?? offset)!.layer })),
    ]
    const missing = takers.find(({ id }) => !this.#moments.has(id))
    if (missing) return `nothing was measured of what ${missing.layer} takes`
    const infinite = takers.find(({ id }) => !isFinite(this.#moments.get(id)!))
    return infinite ? `${infinite.layer} takes NaN or infinity` : null
  }

  /** Returns a group with only so many units. @throws RangeError when the group cannot be folded, or has fewer units. */
  fold(group: RecipeGroup, width: number): GroupFold {
    const key = `${width} ${group.id}`
    const known = this.#folds.get(key)
    if (known) return known
    const reason = this.reasonToKeep(group)
    if (reason !== null) throw new RangeError(`${group.id} is kept wide: ${reason}`)
    const consumers = this.#consumersOf(group.id)
    const units = this.#selectionOf(group, partsOf(group, width)).unitsOfSize(width)
    const kept = new Set(units)
    const estimates = new Map(
      consumers.map((consumer) => {
        const places = this.#unitsOf(consumer).flatMap((unit, place) => (kept.has(unit) ? [place] : []))
        return [consumer.id, reconstruction(this.#moments.get(consumer.id)!, places)]
      }),
    )
    const restorations = new Map(
      this.#normalisationsOf(group.id).map(({ id }) => [id, restorationOf(this.#moments.get(id)!, units)]),
    )
    const fold = { units, estimates, restorations }
    this.#folds.set(key, fold)
    return fold
  }

  /**
   * The least width whose units explain this share of the variance, the mean of the group's consumers; the whole width
   * where only all units do. @throws RangeError when the group cannot be folded.
   */
  widthOfShare(group: RecipeGroup, share: number): number {
    const reason = this.reasonToKeep(group)
    if (reason !== null) throw new RangeError(`${group.id} is kept wide: ${reason}`)
    return this.#selectionOf(group, partsOf(group)).widthOfShare(share)
  }

  #selectionOf(group: RecipeGroup, parts: number): PartSelection {
    const key = `${parts} ${group.id}`
    const known = this.#selections.get(key)
    if (known) return known
    const taken = this.#consumersOf(group.id).map((consumer) => ({
      units: this.#unitsOf(consumer),
      covariance: this.#moments.get(consumer.id)!.covariance,
    }))
    const selection = new PartSelection(group, parts, taken)
    this.#selections.set(key, selection)
    return selection
  }

  /** The units of its group that a consumer takes, ascending. */
  #unitsOf({ layer, index, axis, group }: Consumer): number[] {
    const weight = this.recipe.weights.find((each) => each.layer === layer && each.index === index)
    const { units } = weight!.axes.find((each) => each.axis === axis && each.group === group)!
    return [...new Set(units)].filter((unit) => unit >= 0).sort((a, b) => a - b)
  }

  #normalisationsOf(group: string): GroupNormalisation[] {
    return (this.recipe.normalisations ?? []).filter((each) => each.group === group)
  }

  #consumersOf(group: string): Consumer[] {
    return this.recipe.consumers.filter((consumer) => consumer.group === group)
  }
}

function isFinite({ mean, covariance }: Moments): boolean {
  return mean.every(Number.isFinite) && covariance.every(Number.isFinite)
}
