import { kernelSpan, type Padding, type SpatialNode } from './spatialNode.ts'

/**
 * The number of positions along one axis of a layer's output, as TensorFlow computes it: ⌈n/s⌉ with padding `same`,
 * ⌊(n + p − k_eff)/s⌋ + 1 otherwise, with p added positions.
 * @param size of its input along the axis, at least 1
 * @returns 0 or less where the kernel does not fit in.
 */
export function outputSize(size: number, kernel: number, stride: number, dilation: number, padding: Padding, axis = 0) {
  // A layer that enlarges the map: 1/stride is a whole number, but for rounding.
  if (stride < 1) return Math.round(size / stride)
  if (padding === 'same') return Math.ceil(size / stride)
  const added = padding === 'valid' ? 0 : (padding[axis] ?? 0)
  return Math.floor((size + added - kernelSpan(kernel, dilation)) / stride) + 1
}

/**
 * The positions of each node's output by axis; [] behind a node that takes all positions. Branches that meet have to have
 * equal maps, so the first input decides.
 * @param input positions of the model's input by axis
 */
export function mapSizes(nodes: readonly SpatialNode[], input: readonly number[]): Map<string, readonly number[]> {
  const found = new Map<string, readonly number[]>()
  for (const { name, inputs, kernel, stride, dilation, padding } of nodes) {
    const before = inputs[0] === undefined ? input : (found.get(inputs[0]) ?? [])
    const size = (positions: number, axis: number) =>
      outputSize(
        positions,
        kernel === 'all' ? 1 : (kernel[axis] ?? 1),
        stride[axis] ?? 1,
        dilation[axis] ?? 1,
        padding,
        axis,
      )
    found.set(name, kernel === 'all' ? [] : before.map(size))
  }
  return found
}
