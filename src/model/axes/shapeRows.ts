import { everyAxis } from './elementwiseRows.ts'
import { axesOf, type Row, type Ties, type View } from './ties.ts'

/** Axes of more than one element. */
function wideAxes({ first, shape }: View): number[] {
  return shape.flatMap((size, axis) => (size > 1 ? [first + axis] : []))
}

/**
 * Reshape, ExpandDims, Squeeze. Numbers keep their order, so axes correspond wherever the products of the sizes so far
 * are equal on both sides.
 */
export const reshape: Row = ({ inputs, outputs: [output], attributes, by }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output) return
  const [before, after] = [wideAxes(input), wideAxes(output)]
  const sizes = (axes: number[]) => axes.map((axis) => ties.size(axis)).join()
  if (sizes(before) === sizes(after)) {
    before.forEach((axis, i) => ties.same(axis, after[i]!))
    sameOnes(input, output, ties)
    return
  }
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    const [from, to] = [[before[i]!], [after[j]!]]
    let [left, right] = [ties.size(before[i++]!), ties.size(after[j++]!)]
    while (left !== right && i <= before.length && j <= after.length) {
      if (left < right && i < before.length) {
        left *= ties.size(before[i]!)
        from.push(before[i++]!)
      } else if (j < after.length) {
        right *= ties.size(after[j]!)
        to.push(after[j++]!)
      } else break
    }
    if (from.length === 1 && to.length === 1) ties.same(from[0]!, to[0]!)
    else ties.compose('product', from, to)
  }
  // Code of the program has these sizes as numbers, or works them out: nothing shows which. So has the layer Reshape.
  if (by !== null && by !== 'Reshape') return
  const shape = attributes['shape']
  const isInferred = (axis: number) => Array.isArray(shape) && shape[axis - output.first] === -1
  for (const axis of after) if (!isInferred(axis)) ties.unknown(axis)
}

/** A feature axis of size 1 is not tied to another, but it goes on. */
function sameOnes(input: View, output: View, ties: Ties): void {
  if (input.shape.length !== output.shape.length) return
  input.shape.forEach((size, axis) => {
    if (size === 1 && output.shape[axis] === 1) ties.same(input.first + axis, output.first + axis)
  })
}

export const transpose: Row = ({ inputs, outputs: [output], attributes }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output) return
  axesOf(attributes['perm'], input.shape.length).forEach((from, to) => ties.same(input.first + from, output.first + to))
}

export const concatenation: Row = ({ inputs, outputs: [output], attributes }, ties) => {
  if (!output) return
  const parts = Object.values(inputs).filter(({ shape }) => shape.length === output.shape.length)
  const [along = 0] = axesOf(attributes['axis'], output.shape.length)
  for (const { first, shape } of parts)
    shape.forEach((_, axis) => axis !== along && ties.same(first + axis, output.first + axis))
  const [only] = parts
  if (parts.length === 1 && only) ties.same(only.first + along, output.first + along)
  else
    ties.compose(
      'sum',
      parts.map(({ first }) => first + along),
      [output.first + along],
    )
}

export const split: Row = ({ inputs, outputs, attributes }, ties) => {
  const [input] = Object.values(inputs)
  if (!input) return
  const [along = 0] = axesOf(attributes['axis'] ?? 0, input.shape.length)
  for (const { first, shape } of outputs)
    shape.forEach((_, axis) => axis !== along && ties.same(input.first + axis, first + axis))
  const [only] = outputs
  if (outputs.length === 1 && only) ties.same(input.first + along, only.first + along)
  else
    ties.compose(
      'sum',
      [input.first + along],
      outputs.map(({ first }) => first + along),
    )
}

/** Slices and padding: an axis of unchanged size is the same one. */
export const slice: Row = ({ inputs, outputs: [output], attributes, by }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output) return
  if (input.shape.length !== output.shape.length) {
    for (const tensor of [input, output]) everyAxis(tensor, (axis) => ties.unknown(axis))
    return
  }
  const sizes = attributes['size']
  input.shape.forEach((size, axis) => {
    if (output.shape[axis] !== size) {
      ties.cut(input.first + axis, output.first + axis)
      return
    }
    ties.same(input.first + axis, output.first + axis)
    // The program's code names the size that it wants.
    if (by === null && Array.isArray(sizes) && sizes[axis] === size && size > 1) ties.unknown(input.first + axis)
  })
}

/** Tile: a repeated axis grows. */
export const tile: Row = ({ inputs, outputs: [output], by }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output || input.shape.length !== output.shape.length) return
  input.shape.forEach((size, axis) => {
    const [from, to] = [input.first + axis, output.first + axis]
    if (size === output.shape[axis] || size === 1) ties.same(from, to)
    else ties.cut(from, to)
    if (by === null && size === 1 && output.shape[axis] !== 1) ties.unknown(to)
  })
}

/** Gather: the axis that is looked up in is replaced by those of the indices. */
export const gather: Row = ({ inputs: { x, indices }, outputs: [output], attributes }, ties) => {
  if (!x || !indices || !output) return
  const [along = 0] = axesOf(attributes['axis'] ?? 0, x.shape.length)
  const batch = typeof attributes['batchDims'] === 'number' ? attributes['batchDims'] : 0
  const added = indices.shape.length - batch
  x.shape.forEach((_, axis) => {
    if (axis === along) ties.unknown(x.first + axis)
    else ties.same(x.first + axis, output.first + (axis < along ? axis : axis + added - 1))
  })
  for (let axis = 0; axis < indices.shape.length; axis++)
    ties.same(indices.first + axis, output.first + (axis < batch ? axis : along + axis - batch))
}

/** OneHot: the last axis has the size that the labels need. */
export const oneHot: Row = ({ inputs: { indices }, outputs: [output] }, ties) => {
  if (!indices || !output) return
  indices.shape.forEach((_, axis) => ties.same(indices.first + axis, output.first + axis))
  ties.classes(output.first + output.shape.length - 1)
}

/** Pack (`stack`): equal tensors along a new axis. */
export const stack: Row = ({ inputs, outputs: [output], attributes }, ties) => {
  if (!output) return
  const [along = 0] = axesOf(attributes['axis'] ?? 0, output.shape.length)
  for (const { first, shape } of Object.values(inputs))
    shape.forEach((_, axis) => ties.same(first + axis, output.first + (axis < along ? axis : axis + 1)))
}

/** Unpack (`unstack`): one tensor for each element of an axis. */
export const unstack: Row = ({ inputs, outputs, attributes }, ties) => {
  const [input] = Object.values(inputs)
  if (!input) return
  const [along = 0] = axesOf(attributes['axis'] ?? 0, input.shape.length)
  ties.unknown(input.first + along)
  for (const { first, shape } of outputs)
    shape.forEach((_, axis) => ties.same(input.first + (axis < along ? axis : axis + 1), first + axis))
}

/** TopK: the last axis is searched. */
export const topK: Row = ({ inputs, outputs }, ties) => {
  const [input] = Object.values(inputs)
  if (!input) return
  for (const output of outputs)
    input.shape.forEach((_, axis) => {
      if (axis < input.shape.length - 1) ties.same(input.first + axis, output.first + axis)
      else ties.unknown(input.first + axis)
    })
}
