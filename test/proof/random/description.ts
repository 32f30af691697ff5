/** Sizes of a value's axes without that of examples; the last one is the number of features. */
export type Shape = readonly number[]

/** A number, text or list that the program's source has: it stays what it is when widths change. */
export type Literal = number | string | boolean | null | readonly number[]

/** One call in the forward pass: of a layer, of a layer once more, or of plain code. */
export interface Node {
  /** Name of the layer, and of its first output; further outputs (states) are `id:1`, `id:2`. */
  readonly id: string
  readonly kind: string
  /** Names of the values that it takes. */
  readonly from: readonly string[]
  readonly options: Readonly<Record<string, Literal>>
}

/** An input of the model: random numbers, or random integers below `vocabulary`. */
export interface Input {
  readonly id: string
  readonly shape: Shape
  readonly vocabulary: number | null
}

/** What is minimised: the sum of these. `size` is the number of classes or of labels, a literal. */
export interface Loss {
  readonly kind: string
  readonly from: readonly string[]
  readonly size: number
}

/**
 * A program that trains, as data. `buildProgram` makes layers of it. The only numbers that change when widths are
 * overridden are those of `widths`, as in a run with overrides; a width that the source repeats elsewhere is a literal.
 */
export interface Description {
  /** `model`: tf.model, compiled, with trainOnBatch. `loop`: layers called by hand in minimize. */
  readonly way: 'model' | 'loop'
  readonly batch: number
  readonly inputs: readonly Input[]
  readonly nodes: readonly Node[]
  readonly losses: readonly Loss[]
  /** The argument that sets each layer's width, by name of the layer: units, filters or outputDim. */
  readonly widths: Readonly<Record<string, number>>
  /** Features for each unit, where that is not 1: two for a bidirectional layer that concatenates. */
  readonly factors: Readonly<Record<string, number>>
  /** Sets of layers that the generator gave one number of features, because it joined their outputs. */
  readonly ties: readonly (readonly string[])[]
}

export type Widths = Readonly<Record<string, number>>
