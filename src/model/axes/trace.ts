/** A tensor of a traced step: its id in the engine and its shape, never its values. */
export interface TensorShape {
  readonly id: number
  readonly shape: readonly number[]
}

/** One kernel that a step has run. */
export interface Operation {
  /** Name of the kernel in TensorFlow.js, e.g. `BatchMatMul`. */
  readonly kernel: string
  /** By the kernel's names of its inputs; a list of inputs has the names `0`, `1`, … */
  readonly inputs: Readonly<Record<string, TensorShape>>
  readonly outputs: readonly TensorShape[]
  readonly attributes: Readonly<Record<string, unknown>>
  /**
   * Kind of the library's layer whose call ran the kernel, else the name of the library's function that called another
   * one for it (`moments`); null in code of the program, custom layers included.
   */
  readonly by: string | null
}

/** A layer's call in a traced step. */
export interface LayerCall {
  /** Id of the layer. */
  readonly layer: string
  readonly output: TensorShape
  /** Which axis of the output has the layer's features. */
  readonly featureAxis: number
  /** Name of the layer's class and what it was called with, for a class of the program. */
  readonly ofProgram?: { readonly kind: string; readonly inputs: readonly TensorShape[] }
}

/** A variable that a traced step has read. */
export interface TracedVariable {
  /** Layers that it is a weight of; none for a variable of the program's own. */
  readonly layers: readonly string[]
  /** Whether the step takes a gradient with respect to it. */
  readonly trained: boolean
}

/** What one training step did, from the begin of its forward pass to the loss. */
export interface Trace {
  readonly operations: readonly Operation[]
  readonly calls: readonly LayerCall[]
  /** By tensor id. */
  readonly variables: ReadonlyMap<number, TracedVariable>
  /** Ids of tensors that were made from numbers within the step; true for those made within a layer's call. */
  readonly made: ReadonlyMap<number, boolean>
  /** Axes of tensors whose size the input of a nested model declares. */
  readonly declared: readonly { id: number; axis: number }[]
  /** Ids of tensors that code outside of all layers has taken, such as the loss. */
  readonly takenByCode?: ReadonlySet<number>
  /** Tensor id of the loss. */
  readonly loss: number
}
