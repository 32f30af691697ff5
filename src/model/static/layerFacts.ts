import type { Positions } from '../receptiveField/spatialNode.ts'

/** A shape with the batch axis first; null for a size that is not fixed. */
export type Shape = readonly (number | null)[]

/** A layer's construction as code states it. A reading of `src/source/model` is one. */
export interface StaticLayer {
  /** Name of the function of `tf.layers` that made it; `input` for `tf.input`. */
  readonly factory: string
  readonly config: Readonly<Record<string, unknown>>
  /** Names of the properties that are stated, but with values that are not known; null where all are. */
  readonly unknown: readonly string[] | null
}

/**
 * What the positions of a layer's output are to those of its input. `starts`: the positions begin with this layer where it
 * takes the model's input. `rearranged`: they are others, and no receptive field is known behind it.
 */
export type PositionFacts = Positions | 'starts' | 'rearranged'

/** What is known of an application of a layer before any run. */
export interface LayerFacts {
  /** Shapes of its outputs; one but for recurrent layers that return states. */
  readonly shapes: readonly Shape[]
  /** Number of its weights, those that are not trained included. */
  readonly parameters: number
  /** Products of weights, or of two inputs, that the forward pass of one example adds up; null where a size is not fixed. */
  readonly multiplyAdds: number | null
  readonly positions: PositionFacts
}

/** Computes a layer's facts. @throws Unreadable where the code does not tell them, or TensorFlow.js would not build it */
export type FactsOf = (config: Config, inputs: readonly Shape[]) => LayerFacts

/** Thrown where facts cannot be known. */
export class Unreadable extends Error {}

/** The arguments of a layer. Each getter throws Unreadable for a value that is unknown or of another type. */
export class Config {
  readonly #layer: StaticLayer

  constructor(layer: StaticLayer) {
    this.#layer = layer
  }

  /** The value; undefined where the code leaves it out. */
  value(name: string): unknown {
    const { config, unknown } = this.#layer
    if (unknown === null || unknown.includes(name)) throw new Unreadable(name)
    return config[name] ?? undefined
  }

  /** A whole number, at least 1. */
  whole(name: string, fallback?: number): number {
    const value = this.value(name) ?? fallback
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw new Unreadable(name)
    return value
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.value(name) ?? fallback
    if (typeof value !== 'boolean') throw new Unreadable(name)
    return value
  }

  /** One of several words; the first where the code leaves it out. */
  choice<T extends string>(name: string, words: readonly [T, ...T[]]): T {
    const value = this.value(name) ?? words[0]
    const found = words.find((word) => word === value)
    if (found === undefined) throw new Unreadable(name)
    return found
  }

  /** A whole number for each of several axes. Code may state one for all. */
  each(name: string, axes: number, fallback?: number | readonly number[]): number[] {
    const value = this.value(name) ?? fallback
    const list: unknown[] = Array.isArray(value) ? value : Array<unknown>(axes).fill(value)
    if (list.length !== axes || !list.every((n) => Number.isInteger(n) && (n as number) >= 1))
      throw new Unreadable(name)
    return list as number[]
  }

  /** A list of whole numbers or nulls; null where the code leaves it out. */
  sizes(name: string): (number | null)[] | null {
    const value = this.value(name)
    if (value === undefined) return null
    if (!Array.isArray(value) || !value.every((n) => n === null || Number.isInteger(n))) throw new Unreadable(name)
    return value as (number | null)[]
  }

  /** A layer in the arguments, as wrappers have it. */
  layer(name: string): StaticLayer {
    return asLayer(this.value(name))
  }

  /** Several layers in the arguments. */
  layers(name: string): StaticLayer[] {
    const value = this.value(name)
    if (!Array.isArray(value) || value.length === 0) throw new Unreadable(name)
    return value.map(asLayer)
  }
}

function asLayer(value: unknown): StaticLayer {
  if (typeof value !== 'object' || value === null || !('factory' in value)) throw new Unreadable('layer')
  return value as StaticLayer
}

/** The only input. */
export function only(inputs: readonly Shape[]): Shape {
  const [shape, more] = inputs
  if (!shape || more) throw new Unreadable('inputs')
  return shape
}

/** A size that has to be fixed. */
export function fixed(size: number | null | undefined): number {
  if (typeof size !== 'number' || size < 1) throw new Unreadable('size')
  return size
}

/** The product of sizes; null where one is not fixed. */
export function product(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce((all, size) => (all === null || size === null ? null : all * size), 1 as number | null)
}

/** A product with a size that may not be fixed. */
export function times(size: number | null, factor: number): number | null {
  return size === null ? null : size * factor
}
