import type { Reconstruction } from '../saturation/units/reconstruction.ts'
import type { GroupFold } from './estimates.ts'
import type { Consumer, Recipe, RecipeWeight } from './recipe.ts'
import { Rows } from './axes/rows.ts'

/** Reads a weight's values by layer and index. */
export type ReadWeight = (layer: string, index: number) => Float32Array

/** A weight that folding has changed. */
export interface FoldedWeight {
  readonly layer: string
  readonly index: number
  readonly values: Float32Array
}

/** Weights folded in two ways are remembered: those of the present network of a path, and those of a candidate. */
const REMEMBERED = 2

/** A weight that was folded, and what it was folded with. */
interface Remembered {
  /** By consumer of the weight; undefined where the group is as wide as it was. */
  readonly estimates: readonly (Reconstruction | undefined)[]
  readonly values: Float32Array
  /** By consumer: what the weight that takes the constant gets; null where there is none. */
  readonly constants: readonly (Float64Array | null)[]
}

/**
 * Folds groups into the weights that take their units, in the shapes of the wide network: rows of units that are kept
 * become Σ_u B[u, s] · row u, rows of other units become zero, and Σ_u c[u] · row u goes into the weight that takes the
 * constant. The wide network with these weights computes what the narrower one computes, to rounding.
 *
 * Folding a group changes only what its consumers take, so several groups can be folded one after the other in any order.
 * Each weight is folded anew only if one of its own groups has changed, so that a candidate of a path, which differs from
 * the present network in one group, costs one or two weights.
 */
export class WeightFolder {
  readonly #recipe: Recipe
  readonly #read: ReadWeight
  /** By weight: its consumers. */
  readonly #consumers: { weight: RecipeWeight; consumers: Consumer[]; rows: Rows[] }[] = []
  /** By weight, latest first. */
  readonly #remembered = new Map<RecipeWeight, Remembered[]>()

  /**
   * @param read reads the wide network's weights, which must stay what they are
   * @throws RangeError when the recipe has no weight that it names.
   */
  constructor(recipe: Recipe, read: ReadWeight) {
    this.#recipe = recipe
    this.#read = read
    const known = new Map<RecipeWeight, Consumer[]>()
    for (const consumer of recipe.consumers) {
      const weight = recipe.weights.find(({ layer, index }) => layer === consumer.layer && index === consumer.index)
      if (!weight) throw new RangeError(`the recipe has no weight ${consumer.index} of ${consumer.layer}`)
      known.set(weight, [...(known.get(weight) ?? []), consumer])
    }
    for (const [weight, consumers] of known)
      this.#consumers.push({ weight, consumers, rows: consumers.map((consumer) => new Rows(weight, consumer)) })
  }

  /**
   * Folds groups.
   * @param folds by group; groups that are missing stay as they are
   * @returns only the weights that change. Their values must not be modified.
   * @throws RangeError when an estimate does not fit its weight.
   */
  fold(folds: ReadonlyMap<string, GroupFold>): FoldedWeight[] {
    const changed = new Map<string, FoldedWeight>()
    const biases = new Map<string, FoldedWeight>()
    for (const { weight, consumers, rows } of this.#consumers) {
      const estimates = consumers.map(({ id, group }) => {
        const estimate = folds.get(group)?.estimates.get(id)
        return estimate && !isAll(estimate) ? estimate : undefined
      })
      if (estimates.every((estimate) => !estimate)) continue
      const { values, constants } = this.#folded(weight, consumers, rows, estimates)
      const { layer, index } = weight
      changed.set(keyOf(weight), { layer, index, values })
      consumers.forEach(({ constant: place }, i) => {
        const constant = constants[i]
        if (!place || !constant) return
        const { layer, index } = place
        const bias = biases.get(keyOf(place)) ?? { layer, index, values: this.#read(layer, index).slice() }
        biases.set(keyOf(place), bias)
        for (let o = 0; o < bias.values.length; o++) bias.values[o]! += place.sign * (constant[o] ?? 0)
      })
    }
    return [...changed.values(), ...biases.values(), ...this.#restored(folds)]
  }

  /** What scales and shifts the units that are kept of normalised groups. */
  #restored(folds: ReadonlyMap<string, GroupFold>): FoldedWeight[] {
    return (this.#recipe.normalisations ?? []).flatMap(({ id, group, scale, offset }) => {
      const fold = folds.get(group)
      const restoration = fold?.restorations.get(id)
      const wide = scale && this.#read(scale.layer, scale.index)
      const shifts = offset && this.#read(offset.layer, offset.index)
      if (!fold || !restoration || fold.units.length === (wide ?? shifts)!.length) return []
      const [scales, offsets] = [wide?.slice(), shifts?.slice()]
      fold.units.forEach((unit, i) => {
        if (offsets) offsets[unit]! += (wide?.[unit] ?? 1) * restoration.shift[i]!
        if (scales) scales[unit]! *= restoration.scale[i]!
      })
      return [...(scales ? [{ ...scale!, values: scales }] : []), ...(offsets ? [{ ...offset!, values: offsets }] : [])]
    })
  }

  #folded(
    weight: RecipeWeight,
    consumers: readonly Consumer[],
    rows: readonly Rows[],
    estimates: Remembered['estimates'],
  ): Remembered {
    const remembered = this.#remembered.get(weight) ?? []
    const known = remembered.find((each) => each.estimates.every((estimate, i) => estimate === estimates[i]))
    const folded = known ?? this.#foldAnew(weight, consumers, rows, estimates)
    const others = remembered.filter((each) => each !== folded)
    this.#remembered.set(weight, [folded, ...others].slice(0, REMEMBERED))
    return folded
  }

  #foldAnew(
    { layer, index }: RecipeWeight,
    consumers: readonly Consumer[],
    rows: readonly Rows[],
    estimates: Remembered['estimates'],
  ): Remembered {
    const values = this.#read(layer, index).slice()
    const constants = estimates.map((estimate, i) => {
      if (!estimate) return null
      const constant = consumers[i]!.constant ? rows[i]!.sums(values, estimate.constant) : null
      rows[i]!.fold(values, estimate)
      return constant
    })
    return { estimates, values, constants }
  }
}

/**
 * Folds groups into the weights that take their units, once: see `WeightFolder`.
 * @param folds by group; groups that are missing stay as they are
 * @returns only the weights that change.
 * @throws RangeError when an estimate does not fit its weight.
 */
export function foldedInPlace(recipe: Recipe, folds: ReadonlyMap<string, GroupFold>, read: ReadWeight): FoldedWeight[] {
  return new WeightFolder(recipe, read).fold(folds)
}

const keyOf = ({ layer, index }: { layer: string; index: number }): string => `${layer} ${index}`

function isAll({ units, constant }: Reconstruction): boolean {
  return units.length === constant.length
}
