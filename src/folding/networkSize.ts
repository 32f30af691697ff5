import { sizeOfWeight, type WeightSize } from '../model/weightSize.ts'
import type { Recipe } from './recipe.ts'

/** Counts the parameters, and the floating-point operations, that a network has with other widths. */
export class NetworkSize {
  readonly #weights: WeightSize<string>[]
  readonly #others: number
  /** Floating-point operations of the wide network for an example; null where they are not known. */
  readonly #flops: number | null
  /** Widths of the wide network by group. */
  readonly #wide: ReadonlyMap<string, number>

  /** @param parameters of the wide network, all weights together */
  constructor(recipe: Recipe, parameters: number) {
    this.#wide = new Map(recipe.groups.map(({ id, width }) => [id, width]))
    this.#weights = recipe.weights.map(({ layer, shape, axes, flopsEach }) => {
      const sized = [...new Set(axes.map(({ axis }) => axis))]
      const rest = shape.reduce((all, size, axis) => (sized.includes(axis) ? all : all * size), 1)
      return {
        layer,
        rest,
        ...(flopsEach === undefined ? {} : { flopsEach }),
        axes: sized.map((axis) => {
          const own = axes.filter((each) => each.axis === axis)
          const counts = own.map((each) => each.units.filter((unit) => unit >= 0).length)
          const fixed = shape[axis]! - counts.reduce((sum, count) => sum + count, 0)
          return {
            fixed,
            groups: own.map((each, i) => ({ group: each.group, each: counts[i]! / this.#wide.get(each.group)! })),
          }
        }),
      }
    })
    this.#others = parameters - this.#sum(this.#wide, () => 1)
    this.#flops = recipe.flops ?? null
  }

  /** Number of parameters. @param widths by group; groups that are missing are as wide as they were */
  parameters(widths: ReadonlyMap<string, number>): number {
    return this.#others + this.#sum(widths, () => 1)
  }

  /**
   * Floating-point operations of the forward pass for an example; null where they are not known.
   * @param widths by group; groups that are missing are as wide as they were
   */
  flops(widths: ReadonlyMap<string, number>): number | null {
    if (this.#flops === null) return null
    const each = ({ flopsEach = 0 }: WeightSize<string>) => flopsEach
    return Math.round(this.#flops - this.#sum(this.#wide, each) + this.#sum(widths, each))
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

  #sum(widths: ReadonlyMap<string, number>, each: (weight: WeightSize<string>) => number): number {
    const widthOf = (group: string) => widths.get(group) ?? this.#wide.get(group)!
    return this.#weights.reduce((sum, weight) => sum + each(weight) * sizeOfWeight(weight, widthOf), 0)
  }
}
