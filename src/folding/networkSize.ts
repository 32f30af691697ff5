import { sizeOfWeight, type WeightSize } from '../model/weightSize.ts'
import type { Recipe } from './recipe.ts'
import { unitsIn } from './resized.ts'

/** Counts the parameters that a network has with other widths. */
export class NetworkSize {
  readonly #weights: WeightSize<string>[]
  readonly #others: number
  /** Widths of the wide network by group. */
  readonly #wide: ReadonlyMap<string, number>

  /** @param parameters of the wide network, all weights together */
  constructor(recipe: Recipe, parameters: number) {
    this.#weights = recipe.weights.map(({ layer, shape, axes }) => {
      const sized = [...new Set(axes.map(({ axis }) => axis))]
      const rest = shape.reduce((all, size, axis) => (sized.includes(axis) ? all : all * size), 1)
      return {
        layer,
        rest,
        axes: sized.map((axis) => {
          const own = axes.filter((each) => each.axis === axis)
          const counts = own.map((each) => each.units.filter((unit) => unit >= 0).length)
          const fixed = shape[axis]! - counts.reduce((sum, count) => sum + count, 0)
          return { fixed, groups: own.map((each, i) => ({ group: each.group, each: counts[i]! / unitsIn(each) })) }
        }),
      }
    })
    this.#wide = new Map(recipe.groups.map(({ id, width }) => [id, width]))
    this.#others = parameters - this.#sum(this.#wide)
  }

  /** Number of parameters. @param widths by group; groups that are missing are as wide as they were */
  parameters(widths: ReadonlyMap<string, number>): number {
    return this.#others + this.#sum(widths)
  }

  /** The sizes of all weights that depend on widths, with each group as its index in the recipe. */
  get weights(): WeightSize<number>[] {
    const indices = new Map([...this.#wide.keys()].map((id, index) => [id, index]))
    return this.#weights.map(({ axes, ...weight }) => ({
      ...weight,
      axes: axes.map(({ fixed, groups }) => ({
        fixed,
        groups: groups.map(({ group, each }) => ({ group: indices.get(group)!, each })),
      })),
    }))
  }

  #sum(widths: ReadonlyMap<string, number>): number {
    const widthOf = (group: string) => widths.get(group) ?? this.#wide.get(group)!
    return this.#weights.reduce((sum, weight) => sum + sizeOfWeight(weight, widthOf), 0)
  }
}
