/** One axis of a weight whose indices are units of a group of layers that have one width. */
export interface RecipeAxis {
  /** Index of the axis in the weight's shape. */
  readonly axis: number
  readonly group: string
  /**
   * `makes`: the weight makes the group's units, as a dense layer's kernel does by its columns. A narrower network keeps
   * the entries of its units. `consumes`: the weight is contracted with the units, as the next layer's kernel is by its
   * rows. A narrower network has a sum over all units in each entry.
   */
  readonly role: 'makes' | 'consumes'
  /** [size of the axis] The unit at each index; −1 where the index belongs to no unit of the group. */
  readonly units: readonly number[]
}

/** How a weight takes part in the widths of a network. */
export interface RecipeWeight {
  /** Id of the layer. */
  readonly layer: string
  /** Index in the layer's `weights`. */
  readonly index: number
  readonly shape: readonly number[]
  readonly axes: readonly RecipeAxis[]
  /** Floating-point operations for an example that each entry takes part in; missing in files of earlier versions. */
  readonly flopsEach?: number
}

/** Layers that have one width. */
export interface RecipeGroup {
  /** Id of its first layer. */
  readonly id: string
  /** Ids of the layers that choose the width. */
  readonly layers: readonly string[]
  readonly width: number
  /**
   * Widths are offset + a multiple of this. Its units are so many parts of equally many, one after the other, such as the
   * two directions of a recurrent layer: a narrower group keeps equally many of each part.
   */
  readonly multiple: number
  readonly offset: number
  /**
   * Why it is not for us to choose another width, as a clause that follows "is kept wide: "; null where it is. The code
   * may have another width all the same, and the group is folded then.
   */
  readonly fixed: string | null
  /** Why the group cannot be folded, as a clause that follows "is kept wide: "; null where it can. */
  readonly kept: string | null
}

/** A contraction of a group's units with a weight: where the units are consumed. */
export interface Consumer {
  /** Unique in the recipe; the key of its moments. */
  readonly id: string
  readonly group: string
  readonly layer: string
  readonly index: number
  /** The weight's axis that is contracted. */
  readonly axis: number
  /** The part of the weight's last axis that this contraction takes, as the gates of a GRU; null for all of it. */
  readonly part: readonly [from: number, to: number] | null
  /** The weight that takes the constant of the estimate; null where there is none, and the estimate has no constant. */
  readonly constant: { readonly layer: string; readonly index: number; readonly sign: 1 | -1 } | null
}

/** The place of a weight. */
export interface Place {
  readonly layer: string
  readonly index: number
}

/** A normalisation of all units of a group together, for each example: its mean and variance are over the units. */
export interface GroupNormalisation {
  /** Unique in the recipe; the key of the moments of what is normalised, before it is scaled and shifted. */
  readonly id: string
  readonly group: string
  /** The weights that scale and shift the normalised units; one of them may be missing. */
  readonly scale: Place | null
  readonly offset: Place | null
}

/** All that is needed to give a trained network other widths, beside its weights and the moments of its features. */
export interface Recipe {
  readonly groups: readonly RecipeGroup[]
  readonly weights: readonly RecipeWeight[]
  readonly consumers: readonly Consumer[]
  /** Missing in files of earlier versions, where such groups are kept wide. */
  readonly normalisations?: readonly GroupNormalisation[]
  /** Floating-point operations of the forward pass for an example; missing where it is not known. */
  readonly flops?: number
}
