import { axisUse } from './axes/axisUse.ts'
import type { Operation, TensorShape, Trace } from './axes/trace.ts'
import { WeightViews } from './axes/weightViews.ts'

/** Floating-point operations of a multiplication and the addition that follows it. */
const PER_MULTIPLY_ADD = 2

/** Floating-point operations of a forward pass for one example. */
export interface Flops {
  readonly perExample: number
  /** By tensor id of a variable: how many each of its entries takes part in, on average; missing where none. */
  readonly each: ReadonlyMap<number, number>
}

/**
 * Counts the floating-point operations that the forward pass of a traced step takes for one example: two for each
 * multiply-add of its matrix products, convolutions and other contractions. Element-wise operations, activations and
 * pooling are not counted, as is usual in tables of networks, nor is the backward pass, which takes about twice as many.
 * The entries of a weight take part in equally many, so a weight with fewer entries takes proportionally fewer.
 * @returns null where no layer has made an output, so that the number of examples is not known.
 */
export function countFlops({ operations, calls, variables }: Trace): Flops | null {
  // Layers that are applied to each time step have more rows than there are examples, none has fewer.
  const examples = Math.min(...calls.map(({ output }) => output.shape[0] ?? 1))
  if (!(examples > 0 && Number.isFinite(examples))) return null
  const views = new WeightViews((tensor) => variables.has(tensor))
  const sizes = new Map<number, number>()
  const byWeight = new Map<number, number>()
  let multiplyAdds = 0
  for (const operation of operations) {
    for (const { id, shape } of Object.values(operation.inputs)) if (variables.has(id)) sizes.set(id, sizeOf(shape))
    if (views.follow(operation)) continue
    const { count, factors } = multiplyAddsOf(operation)
    multiplyAdds += count
    for (const factor of count > 0 ? factors : []) {
      const weight = views.viewOf(factor)?.weight
      if (weight !== undefined) byWeight.set(weight, (byWeight.get(weight) ?? 0) + count)
    }
  }
  const perExample = (count: number) => (PER_MULTIPLY_ADD * count) / examples
  return {
    perExample: Math.round(perExample(multiplyAdds)),
    each: new Map([...byWeight].map(([weight, count]) => [weight, perExample(count) / sizes.get(weight)!])),
  }
}

/** Multiply-adds of one operation, and the inputs that it multiplies; none where it contracts nothing. */
function multiplyAddsOf(operation: Operation): { count: number; factors: TensorShape[] } {
  const { inputs, outputs, kernel } = operation
  const { filter, x, dy } = inputs
  const input = x ?? dy
  if (filter && input) {
    // A transposed convolution spreads each entry of `dy` by the filter; others gather each entry of the output.
    const entries = sizeOf((kernel.includes('Backprop') ? dy : outputs[0])?.shape ?? [])
    const channels = kernel.includes('Depthwise') ? filter.shape.slice(-2) : filter.shape.slice(-1)
    return { count: (entries * sizeOf(filter.shape)) / Math.max(1, sizeOf(channels)), factors: [input, filter] }
  }
  const { contracted } = axisUse(operation)
  if (contracted.length === 0) return { count: 0, factors: [] }
  const summed = contracted.map(([{ input, axis }]) => inputs[input]!.shape[axis]!)
  const names = new Set(contracted.flat().map(({ input }) => input))
  return {
    count: sizeOf(outputs[0]?.shape ?? []) * sizeOf(summed),
    factors: [...names].map((name) => inputs[name]!),
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
