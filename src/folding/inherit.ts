import { GroupEstimates, type GroupFold } from './estimates.ts'
import { foldedInPlace } from './fold.ts'
import type { Heir, Inheritance, Learned, LearnedLayer, Values } from './learned.ts'
import { matchLayers } from './matchLayers.ts'
import { partsOf } from './units/parts.ts'
import type { RecipeGroup } from './recipe.ts'
import { resized, type Resizing } from './resized.ts'

/** What the layers of a new run inherit. */
export interface Inherited {
  /** By index of the heir: all its weights; missing for a layer that keeps the weights it was made with. */
  readonly weights: ReadonlyMap<number, Float32Array[]>
  /** What became of each heir. */
  readonly inheritances: readonly Inheritance[]
}

/**
 * Gives the layers of a new run the weights of an earlier one. Layers of the same shapes get copies. Where a group of
 * layers is narrower, the units that explain the others best are kept, and the rest is folded into the weights that take
 * them. Where it is wider, new units are added that change nothing yet. What fits in no way stays as it was made.
 */
export function inherit(learned: Learned, heirs: readonly Heir[]): Inherited {
  const { recipe, layers } = learned
  const pairs = matchLayers(layers, heirs)
  const estimates = new GroupEstimates(recipe, learned.moments)
  const resizings = new Map<string, Resizing>()
  const folds = new Map<string, GroupFold>()
  const failed = new Map<string, string>()
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  const heirOf = new Map([...pairs].map(([heir, layer]) => [layer.id, heirs[heir]!]))
  for (const group of recipe.groups) {
    const width = newWidth(group, learned, heirOf)
    if (width === null || width === group.width) continue
    if (Number.isNaN(width)) failed.set(group.id, 'its layers do not have one width any more')
    else if (group.kept !== null) failed.set(group.id, group.kept)
    else if (width > group.width && recipe.normalisations?.some((each) => each.group === group.id))
      failed.set(group.id, 'more units would change the mean and variance that its normalisation takes')
    else if (width > group.width)
      resizings.set(group.id, {
        units: Array.from({ length: group.width }, (_, unit) => unit),
        added: (width - group.width) / partsOf(group, width),
        partSize: group.width / partsOf(group, width),
      })
    else {
      const reason = estimates.reasonToKeep(group)
      if (reason !== null) failed.set(group.id, reason)
      else {
        const fold = estimates.fold(group, width)
        folds.set(group.id, fold)
        resizings.set(group.id, { units: fold.units, added: 0, partSize: group.width })
      }
    }
  }
  const folded = new Map<string, Float32Array>()
  for (const { layer, index, values } of foldedInPlace(
    recipe,
    folds,
    (layer, index) => byId.get(layer)!.weights[index]!.values,
  ))
    folded.set(`${layer} ${index}`, values)
  const weights = new Map<number, Float32Array[]>()
  const inheritances = heirs.map((heir, i): Inheritance => {
    const layer = pairs.get(i)
    if (!layer) return { layer: heir.name, how: 'left', reason: 'the earlier run had no such layer' }
    const values = heir.weights.map((made, index) => inheritedWeight(layer, index, made))
    if (heir.weights.length !== layer.weights.length || values.some((each) => each === null))
      return { layer: heir.name, how: 'left', reason: reasonOf(layer, heir) }
    weights.set(i, values as Float32Array[])
    return { layer: heir.name, how: howOf(layer, heir), reason: null }
  })
  return { weights, inheritances }

  function inheritedWeight(layer: LearnedLayer, index: number, made: Values): Float32Array | null {
    const old = layer.weights[index]
    if (!old) return null
    const weight = recipe.weights.find((each) => each.layer === layer.id && each.index === index)
    const values = folded.get(`${layer.id} ${index}`) ?? old.values
    if (!weight) return sameShape(old, made) ? values : null
    return resized(weight, values, resizings, made)
  }

  function reasonOf(layer: LearnedLayer, heir: Heir): string {
    const groups = recipe.weights.flatMap((each) =>
      each.layer === layer.id ? each.axes.map(({ group }) => group) : [],
    )
    const reason = groups.map((group) => failed.get(group)).find((each) => each !== undefined)
    const shapes = (values: readonly Values[]) => values.map(({ shape }) => `[${shape.join(', ')}]`).join(' ')
    if (reason !== undefined) return reason
    const [before, after] = [shapes(layer.weights), shapes(heir.weights)]
    return before === after
      ? 'other layers that had its width have another one now'
      : `weights ${before} do not fit ${after}`
  }
}

/** The width that a group has in the new run; null where nothing shows it, NaN where its layers differ. */
function newWidth(group: RecipeGroup, { recipe }: Learned, heirOf: ReadonlyMap<string, Heir>): number | null {
  const widths = new Set<number>()
  for (const weight of recipe.weights) {
    const made = heirOf.get(weight.layer)?.weights[weight.index]
    if (made?.shape.length !== weight.shape.length) continue
    for (const axis of weight.axes) {
      if (axis.group !== group.id || axis.role !== 'makes') continue
      // Beside another group's units nothing shows whose are missing.
      if (weight.axes.some((other) => other.axis === axis.axis && other.group !== group.id)) continue
      const others = axis.units.filter((unit) => unit < 0).length
      const each = (axis.units.length - others) / group.width
      widths.add((made.shape[axis.axis]! - others) / each)
    }
  }
  if (widths.size === 0) return null
  const [width, ...different] = widths
  return different.length > 0 || !Number.isInteger(width) ? NaN : width!
}

function sameShape(a: Values, b: Values): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis])
}

function howOf(layer: LearnedLayer, heir: Heir): Inheritance['how'] {
  const sizes = (values: readonly Values[]) => values.reduce((sum, { values: { length } }) => sum + length, 0)
  const [before, after] = [sizes(layer.weights), sizes(heir.weights)]
  return after < before ? 'narrowed' : after > before ? 'grown' : 'copied'
}
