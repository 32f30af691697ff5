import type { Recipe } from './recipe.ts'
import { unitsIn } from './resized.ts'

/** Counts the parameters that a network has with other widths. */
export class NetworkSize {
  /** Of each weight: its size without the axes that have units, and those axes. */
  readonly #weights: { rest: number; axes: { fixed: number; groups: { group: string; each: number }[] }[] }[]
  readonly #others: number
  /** Widths of the wide network by group. */
  readonly #wide: ReadonlyMap<string, number>

  /** @param parameters of the wide network, all weights together */
  constructor(recipe: Recipe, parameters: number) {
    this.#weights = recipe.weights.map(({ shape, axes }) => {
      const sized = [...new Set(axes.map(({ axis }) => axis))]
      const rest = shape.reduce((all, size, axis) => (sized.includes(axis) ? all : all * size), 1)
      return {
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

  #sum(widths: ReadonlyMap<string, number>): number {
    return this.#weights.reduce((sum, { rest, axes }) => {
      const sizes = axes.map(({ fixed, groups }) =>
        groups.reduce((size, { group, each }) => size + each * (widths.get(group) ?? this.#wide.get(group)!), fixed),
      )
      return sum + sizes.reduce((all, size) => all * size, rest)
    }, 0)
  }
}
