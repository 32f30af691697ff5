/** How a layer treats the edge of its input: as TensorFlow names it, or positions added to both ends together by axis. */
export type Padding = 'same' | 'valid' | readonly number[]

/**
 * A layer as far as positions go. Lists have one entry for each axis of positions: [height, width] of images, [steps] of
 * series.
 */
export interface SpatialNode {
  /** Unique within the graph. */
  readonly name: string
  /** Class name as TensorFlow.js gives it. */
  readonly kind: string
  /**
   * Positions of the input that one position of the output takes, before dilation. `all`: every position, as dense
   * layers behind maps and global pooling do.
   */
  readonly kernel: readonly number[] | 'all'
  /** Positions of the input between two positions of the output. 1/2 for a layer that doubles the map. */
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly padding: Padding
  /** Names of the nodes whose outputs it takes, all of them earlier in the list; none where it takes the model's input. */
  readonly inputs: readonly string[]
}

/** What the positions of a layer's output are to those of its input. `all`: each takes every position. */
export type Positions = Pick<SpatialNode, 'kernel' | 'stride' | 'dilation' | 'padding'> | 'all'

/** Each position is computed from the same position of the input. */
export const SAME_POSITIONS = { kernel: [], stride: [], dilation: [], padding: 'same' } as const

/** Positions that a dilated kernel spans: k + (k − 1)(d − 1). */
export function kernelSpan(kernel: number, dilation: number): number {
  return kernel + (kernel - 1) * (dilation - 1)
}
