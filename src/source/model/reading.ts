/**
 * What the code of a file says of TensorFlow.js models, as plain data: constructions of layers, what they are applied to,
 * and the models made of them. What depends on anything that the code alone does not tell is marked as unknown.
 */
export interface ModelReading {
  /** Every construction that the code makes, in the order in which it makes them. */
  readonly layers: readonly ReadLayer[]
  /** Every application of a layer, in order; inputs come first. */
  readonly applications: readonly Application[]
  readonly models: readonly ReadModel[]
}

/** A piece of a file. Offsets are counted from 0, in UTF-16 units. */
export interface Place {
  /** Path of the file as it was given to the reader. */
  readonly file: string
  readonly start: number
  readonly end: number
}

/** A call such as `tf.layers.dense({ units: 3 })`. */
export interface ReadLayer {
  /** Name of the function of `tf.layers`, or `input`. */
  readonly factory: string
  /** The known properties of its argument. */
  readonly config: Readonly<Record<string, PlainValue>>
  /** Names of the properties whose values are unknown; null where the whole argument is. */
  readonly unknown: readonly string[] | null
  /** The call; of the layers that a model adds by itself, null. */
  readonly place: Place | null
}

/** A value in a layer's argument: JSON, or another layer as wrappers take it. */
export type PlainValue =
  string | number | boolean | null | readonly PlainValue[] | { readonly [key: string]: PlainValue } | ReadLayer

/** A symbolic tensor: an output of an application. */
export interface TensorReference {
  /** Index in `applications`. */
  readonly application: number
  /** Which of its outputs, counted from 0. */
  readonly output: number
}

/** A layer applied to tensors. */
export interface Application {
  /** Index in `layers`. */
  readonly layer: number
  /** Null where some input is unknown; [] for an input. */
  readonly inputs: readonly TensorReference[] | null
}

/** A finished model. */
export interface ReadModel {
  readonly inputs: readonly TensorReference[]
  readonly outputs: readonly TensorReference[]
  /** The call of `tf.sequential` or `tf.model`. */
  readonly place: Place
}
