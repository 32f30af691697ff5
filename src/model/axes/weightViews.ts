import { axesOf } from './ties.ts'
import type { Operation } from './trace.ts'

/** Where an axis of a tensor is in the weight that the tensor is a view of. */
export interface ViewedAxis {
  /** The weight's axis. */
  readonly axis: number
  /** The part of it; null for all of it. */
  readonly part: readonly [from: number, to: number] | null
}

/** A tensor that has a weight's values in another form: transposed, reshaped, or a part of them, as one gate's. */
export interface WeightView {
  /** Tensor id of the weight. */
  readonly weight: number
  /** By axis of the tensor; null where axes were joined or divided. */
  readonly axes: readonly (ViewedAxis | null)[]
}

/** Follows the operations of a forward pass, for the tensors that are views of weights. */
export class WeightViews {
  readonly #views = new Map<number, WeightView>()
  readonly #isWeight: (tensor: number) => boolean

  /** @param isWeight whether a tensor, by id, is a weight */
  constructor(isWeight: (tensor: number) => boolean) {
    this.#isWeight = isWeight
  }

  /** Returns what a tensor is a view of; null for any other tensor. */
  viewOf({ id, shape }: { id: number; shape: readonly number[] }): WeightView | null {
    const known = this.#views.get(id)
    if (known) return known
    if (!this.#isWeight(id)) return null
    const view = { weight: id, axes: shape.map((_, axis) => ({ axis, part: null })) }
    this.#views.set(id, view)
    return view
  }

  /** Notes an operation's outputs, where they are views. @returns whether they are */
  follow({ kernel, inputs, outputs, attributes }: Operation): boolean {
    const follow = FOLLOWED[kernel]
    const input = inputs['x'] ?? inputs['input']
    const view = follow && input ? this.viewOf(input) : null
    if (!follow || !input || !view) return false
    const shapes = outputs.map(({ shape }) => shape)
    follow(view.axes, input.shape, shapes, attributes).forEach((axes, i) =>
      this.#views.set(outputs[i]!.id, { weight: view.weight, axes }),
    )
    return true
  }
}

type Axes = WeightView['axes']
type Follow = (
  axes: Axes,
  shape: readonly number[],
  outputs: readonly (readonly number[])[],
  attributes: Operation['attributes'],
) => Axes[]

/** By kernel: the axes of each output. */
const FOLLOWED: Readonly<Record<string, Follow>> = {
  Identity: (axes) => [axes],
  Cast: (axes) => [axes],
  Transpose: (axes, shape, _, { perm }) => [axesOf(perm, shape.length).map((from) => axes[from]!)],
  Reshape: (axes, shape, [output]) => [reshaped(axes, shape, output!)],
  ExpandDims: (axes, shape, [output]) => [reshaped(axes, shape, output!)],
  Tile: (axes, shape, [output]) => [axes.map((viewed, i) => (output![i] === shape[i] ? viewed : null))],
  SplitV: (axes, shape, outputs, { axis }) => {
    const [along = 0] = axesOf(axis ?? 0, shape.length)
    let from = 0
    return outputs.map((output) => {
      const start = from
      from += output[along]!
      return axes.map((viewed, i) => (i === along ? partOf(viewed, start, from) : viewed))
    })
  },
  Slice: (axes, shape, [output], { begin }) => [
    axes.map((viewed, i) => {
      const start = (begin as number[])[i] ?? 0
      return output![i] === shape[i] ? viewed : partOf(viewed, start, start + output![i]!)
    }),
  ],
}

function partOf(viewed: ViewedAxis | null, from: number, to: number): ViewedAxis | null {
  const start = viewed?.part?.[0] ?? 0
  return viewed && { axis: viewed.axis, part: [start + from, start + to] }
}

/** Axes go on where as many elements come before them in both shapes, and they have the same size. */
function reshaped(axes: Axes, shape: readonly number[], output: readonly number[]): Axes {
  const places = new Map<string, ViewedAxis | null>()
  let before = 1
  shape.forEach((size, axis) => {
    if (size > 1) places.set(`${before} ${size}`, axes[axis] ?? null)
    before *= size
  })
  before = 1
  return output.map((size) => {
    const viewed = places.get(`${before} ${size}`) ?? null
    before *= size
    return viewed
  })
}
