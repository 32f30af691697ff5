import type { Recipe } from '../folding/recipe.ts'
import { LearnedError } from './learnedError.ts'

/** A layer of a file, as far as a recipe refers to it. */
interface Shapes {
  readonly id: string
  /** Shape of each weight. */
  readonly shapes: readonly (readonly number[])[]
}

/**
 * Checks that all that a recipe refers to is there, so that folding needs no further checks.
 * @throws LearnedError when it is not.
 */
export function checkRecipe(recipe: Recipe, layers: readonly Shapes[]): void {
  const byId = new Map(layers.map(({ id, shapes }) => [id, shapes]))
  const widths = new Map(recipe.groups.map(({ id, width }) => [id, width]))
  const shapeOf = (layer: string, index: number): readonly number[] => {
    const shape = byId.get(layer)?.[index]
    if (!shape) throw wrong(`the weight ${index} of ${layer}`)
    return shape
  }
  const widthOf = (group: string): number => {
    const width = widths.get(group)
    if (width === undefined) throw wrong(`the group ${group}`)
    return width
  }
  for (const { layer, index, shape, axes } of recipe.weights) {
    const actual = shapeOf(layer, index)
    if (actual.length !== shape.length || actual.some((size, axis) => size !== shape[axis]))
      throw wrong(`the weight ${index} of ${layer} in the shape ${shape.join(' × ')}`)
    for (const { axis, group, units } of axes) {
      const width = widthOf(group)
      if (units.length !== shape[axis] || units.some((unit) => unit >= width))
        throw wrong(`the units of ${group} in the weight ${index} of ${layer}`)
    }
  }
  for (const { group, layer, index, axis, part, constant } of recipe.consumers) {
    widthOf(group)
    const shape = shapeOf(layer, index)
    const isWithin = axis < shape.length && (part === null || (part[0] <= part[1] && part[1] <= shape.at(-1)!))
    if (!isWithin) throw wrong(`the axis ${axis} of the weight ${index} of ${layer}`)
    if (constant) shapeOf(constant.layer, constant.index)
  }
  for (const { group, scale, offset } of recipe.normalisations ?? []) {
    widthOf(group)
    for (const place of [scale, offset]) if (place) shapeOf(place.layer, place.index)
  }
}

function wrong(what: string): LearnedError {
  return new LearnedError(`the file is damaged: ${what} is not in it`)
}
