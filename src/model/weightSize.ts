/** What the size of a layer's weight depends on: the widths of groups of layers. */
export interface WeightSize<Group> {
  /** Id of the layer. */
  layer: string
  /** Product of the axes that depend on no width. */
  rest: number
  /** The other axes: each has `fixed` indices, and `each` for every unit of a group. */
  axes: { fixed: number; groups: { group: Group; each: number }[] }[]
  /** Floating-point operations for an example that each entry takes part in; missing where it is not known. */
  flopsEach?: number | undefined
}

/** Number of entries of a weight. */
export function sizeOfWeight<Group>({ rest, axes }: WeightSize<Group>, widthOf: (group: Group) => number): number {
  const sizes = axes.map(({ fixed, groups }) =>
    groups.reduce((size, { group, each }) => size + each * widthOf(group), fixed),
  )
  return sizes.reduce((all, size) => all * size, rest)
}
