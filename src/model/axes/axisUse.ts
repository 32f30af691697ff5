import { kernelRow } from './rows/kernelRows.ts'
import { axesOf, type Ties, type View } from './ties.ts'
import type { Operation } from './trace.ts'

/** An axis of one of an operation's inputs. */
export interface InputAxis {
  /** The kernel's name of the input. */
  readonly input: string
  readonly axis: number
}

/** What an operation does with the axes of its inputs. */
export interface AxisUse {
  /** Pairs of axes that are multiplied and summed over. */
  readonly contracted: readonly (readonly [InputAxis, InputAxis])[]
  /** Axes whose elements are mixed otherwise: summed, sorted, or normalised together. */
  readonly mixed: readonly InputAxis[]
}

/** Element-wise kernels that mix the elements of an axis all the same. */
const MIXING: Readonly<Record<string, (rank: number, attributes: Operation['attributes']) => number[]>> = {
  Softmax: (rank) => [rank - 1],
  LogSoftmax: (rank) => [rank - 1],
  LRN: (rank) => [rank - 1],
  Cumsum: (rank, { axis }) => axesOf(axis ?? 0, rank),
  Cumprod: (rank, { axis }) => axesOf(axis ?? 0, rank),
  Reverse: (rank, { dims }) => axesOf(dims, rank),
}

/** Reads an operation's row for what it contracts and mixes. */
export function axisUse({ kernel, inputs, outputs, attributes, by }: Operation): AxisUse {
  const views: Record<string, View> = {}
  const owners: InputAxis[] = []
  for (const [input, { shape }] of Object.entries(inputs)) {
    views[input] = { first: owners.length, shape }
    shape.forEach((_, axis) => owners.push({ input, axis }))
  }
  const sizes = Object.values(inputs).flatMap(({ shape }) => shape)
  const results: View[] = []
  let next = owners.length
  for (const { shape } of outputs) {
    results.push({ first: next, shape })
    next += shape.length
    sizes.push(...shape)
  }
  const contracted: (readonly [InputAxis, InputAxis])[] = []
  const used = new Set<number>()
  const use = (...axes: number[]) => axes.forEach((axis) => used.add(axis))
  const ties: Ties = {
    size: (axis) => sizes[axis]!,
    same: use,
    alike: use,
    sameSize: use,
    contract: (a, b) => {
      use(a, b)
      contracted.push([owners[a]!, owners[b]!])
    },
    contractAlone: () => undefined,
    compose: (_, from) => use(...from),
    linear: (from) => use(from),
    cut: (from) => use(from),
    unknown: use,
    given: (axis) => use(axis),
    classes: use,
  }
  kernelRow(kernel)({ inputs: views, outputs: results, attributes, by }, ties)
  const mixing = MIXING[kernel]
  const mixed = owners.filter(
    ({ input, axis }, i) =>
      sizes[i]! > 1 && (!used.has(i) || (mixing?.(inputs[input]!.shape.length, attributes).includes(axis) ?? false)),
  )
  return { contracted, mixed }
}
