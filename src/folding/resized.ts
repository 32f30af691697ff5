import type { RecipeAxis, RecipeWeight } from './recipe.ts'

/** What a resized group keeps: ascending units, and how many new ones follow them. */
export interface Resizing {
  readonly units: readonly number[]
  /** New units at the end of each of the group's parts. */
  readonly added: number
  /** Units of one part in the wide network; the width of a group that has but one. */
  readonly partSize: number
}

/** Indices of one axis after resizing: the old index, or −1 for one that a new unit brings. */
type Indices = readonly { readonly from: number; readonly role: RecipeAxis['role'] | null }[]

/**
 * Gives a weight the shape that it has when groups have other widths. Entries of units that are kept are copied. New
 * units are made as the weight of the new layer makes them, and are taken with weights of zero, so that they change
 * nothing until they are trained (Net2Net, Chen et al. 2016, has the idea of preserving the function; there, units are
 * split).
 * @param values of the wide network, folded already
 * @param resizings by group; groups that are missing keep all units
 * @param made the weight as the new layer was made with it
 * @returns null where the new layer's weight has another shape.
 */
export function resized(
  weight: RecipeWeight,
  values: Float32Array,
  resizings: ReadonlyMap<string, Resizing>,
  made: { readonly shape: readonly number[]; readonly values: Float32Array },
): Float32Array | null {
  const axes = weight.shape.map((size, axis) => {
    let indices: Indices = Array.from({ length: size }, (_, from) => ({ from, role: null }))
    for (const each of weight.axes)
      if (each.axis === axis) indices = resizedAxis(indices, each, resizings.get(each.group))
    return indices
  })
  if (made.shape.length !== axes.length || axes.some((indices, axis) => indices.length !== made.shape[axis]))
    return null
  const result = made.values.slice()
  const strides = weight.shape.map((_, axis) => weight.shape.slice(axis + 1).reduce((all, size) => all * size, 1))
  const counters = axes.map(() => 0)
  for (let at = 0; at < result.length; at++) {
    let from = 0
    let isNew = false
    let isTaken = false
    for (let axis = 0; axis < axes.length; axis++) {
      const index = axes[axis]![counters[axis]!]!
      if (index.from < 0) {
        isNew = true
        isTaken ||= index.role === 'consumes'
      } else from += index.from * strides[axis]!
    }
    if (isTaken) result[at] = 0
    else if (!isNew) result[at] = values[from]!
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      if (++counters[axis]! < axes[axis]!.length) break
      counters[axis] = 0
    }
  }
  return result
}

/**
 * New units come where the last unit of a part ends, as often as that is there: after each gate's units, each position's channels,
 * or after the whole of a map whose channels come first.
 */
function resizedAxis(indices: Indices, { units, role }: RecipeAxis, resizing: Resizing | undefined): Indices {
  if (!resizing) return indices
  const kept = new Set(resizing.units)
  const result: Indices[number][] = []
  let run = 0
  for (const index of indices) {
    const unit = index.from < 0 ? -1 : units[index.from]!
    if (unit < 0 || kept.has(unit)) result.push(index)
    if (unit % resizing.partSize !== resizing.partSize - 1) continue
    run++
    if (index.from + 1 < units.length && units[index.from + 1] === unit) continue
    for (let n = 0; n < resizing.added * run; n++) result.push({ from: -1, role })
    run = 0
  }
  return result
}
