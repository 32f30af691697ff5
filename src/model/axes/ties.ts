/** What gives an axis its size: inputs and labels, numbers in the program's code, or weights that are not trained. */
export type Given = 'data' | 'constant' | 'weights'

/**
 * What a kernel's row may say about the axes of its inputs and outputs. An axis is an integer; a tensor's axes follow
 * one another.
 */
export interface Ties {
  /** Returns the size of an axis. */
  size(axis: number): number
  /** An input's axis is the output's axis. An axis of size 1 that broadcasts is not tied. */
  same(input: number, output: number): void
  /** Axes of two inputs must have the same size, and their elements belong together. */
  alike(a: number, b: number): void
  /** Two axes must have the same size, but their elements are others, as the units of two directions are. */
  sameSize(a: number, b: number): void
  /** Axes of two inputs are multiplied and summed over: neither is in the output. */
  contract(a: number, b: number): void
  /** An input's axis is summed over as in a trained contraction, though no single kernel shows the other factor. */
  contractAlone(axis: number): void
  /** Axes of the inputs become axes of the outputs: their sizes have the same sum (concatenation) or product (reshape). */
  compose(kind: 'sum' | 'product', inputs: readonly number[], outputs: readonly number[]): void
  /**
   * An output's axis is cut, padded, repeated or thinned from an input's: `down` · output = `up` · input + a number that
   * stays the same.
   */
  linear(input: number, output: number, up?: number, down?: number): void
  /** An output's axis is cut from an input's, with numbers of the program's code: nothing shows how they depend. */
  cut(input: number, output: number): void
  /** The kernel may need the present size of an axis. */
  unknown(axis: number): void
  /** The size of an output's axis is given. */
  given(axis: number, by: Given): void
  /** An output's axis is one-hot: its size is the number of classes, which the data gives. */
  classes(axis: number): void
}

/** A tensor within a row: the index of its first axis, and its shape. */
export interface View {
  readonly first: number
  readonly shape: readonly number[]
}

/** A kernel's call within a row. */
export interface Call {
  readonly inputs: Readonly<Record<string, View>>
  readonly outputs: readonly View[]
  readonly attributes: Readonly<Record<string, unknown>>
  /** Kind of the library's layer, or other function, that ran the kernel; null in code of the program. */
  readonly by: string | null
}

/** How a kernel's output axes come from its input axes. */
export type Row = (call: Call, ties: Ties) => void

/** Returns an attribute that is a number or a list of numbers as a list of axes; all axes where it is missing. */
export function axesOf(attribute: unknown, rank: number): number[] {
  const list = typeof attribute === 'number' ? [attribute] : Array.isArray(attribute) ? (attribute as number[]) : null
  return list ? list.map((axis) => (axis < 0 ? axis + rank : axis)) : Array.from({ length: rank }, (_, i) => i)
}
