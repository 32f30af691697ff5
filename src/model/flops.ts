import { axisUse } from './axes/axisUse.ts'
import type { Operation, Trace } from './axes/trace.ts'

/** Floating-point operations of a multiplication and the addition that follows it. */
const PER_MULTIPLY_ADD = 2

/**
 * Returns the floating-point operations that the forward pass of a traced step takes for one example: two for each
 * multiply-add of its matrix products, convolutions and other contractions. Element-wise operations, activations and
 * pooling are not counted, as is usual in tables of networks, nor is the backward pass, which takes about twice as many.
 * @returns null where no layer has made an output, so that the number of examples is not known.
 */
export function flopsPerExample({ operations, calls }: Trace): number | null {
  // Layers that are applied to each time step have more rows than there are examples, none has fewer.
  const examples = Math.min(...calls.map(({ output }) => output.shape[0] ?? 1))
  if (!(examples > 0 && Number.isFinite(examples))) return null
  const multiplyAdds = operations.reduce((sum, operation) => sum + multiplyAddsOf(operation), 0)
  return Math.round((PER_MULTIPLY_ADD * multiplyAdds) / examples)
}

/** Multiply-adds of one operation; 0 where it contracts nothing. */
function multiplyAddsOf(operation: Operation): number {
  const { inputs, outputs, kernel } = operation
  const { filter, x, dy } = inputs
  if (filter && (x ?? dy)) {
    // A transposed convolution spreads each entry of `dy` by the filter; others gather each entry of the output.
    const entries = sizeOf((kernel.includes('Backprop') ? dy : outputs[0])?.shape ?? [])
    const channels = kernel.includes('Depthwise') ? filter.shape.slice(-2) : filter.shape.slice(-1)
    return (entries * sizeOf(filter.shape)) / Math.max(1, sizeOf(channels))
  }
  const { contracted } = axisUse(operation)
  if (contracted.length === 0) return 0
  const summed = contracted.map(([{ input, axis }]) => inputs[input]!.shape[axis]!)
  return sizeOf(outputs[0]?.shape ?? []) * sizeOf(summed)
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
