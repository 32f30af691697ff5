import type { Moments } from '../saturation/units/moments.ts'
import type { Recipe } from './recipe.ts'

/** A weight's values. */
export interface Values {
  readonly shape: readonly number[]
  /** [product of the shape] row-major */
  readonly values: Float32Array
}

/** A layer, as far as it is found again in another run. */
export interface LearnedLayer {
  /** Id in the run. */
  readonly id: string
  readonly name: string
  /** Name of its class. */
  readonly kind: string
  /** Where it is constructed; null where that is unknown. */
  readonly file: string | null
  readonly line: number | null
  /** In the order of the layer's `weights`. */
  readonly weights: readonly Values[]
}

/** What a training leaves for the next one: weights, and what is needed to fold them into other widths. */
export interface Learned {
  readonly layers: readonly LearnedLayer[]
  readonly recipe: Recipe
  /** By id of the consumer: moments of its input, of the group's units. Missing where nothing was measured. */
  readonly moments: ReadonlyMap<string, Moments>
}

/** A layer of a new run that is to inherit. */
export interface Heir {
  readonly name: string
  readonly kind: string
  readonly file: string | null
  readonly line: number | null
  /** As the layer was made. */
  readonly weights: readonly Values[]
}

/** What became of one layer. */
export interface Inheritance {
  readonly layer: string
  /** `left`: as it was made. */
  readonly how: 'copied' | 'narrowed' | 'grown' | 'left'
  /** Why it was left; null otherwise. */
  readonly reason: string | null
}
