import { axesOf, type Row } from '../ties.ts'

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
export const stack: Row = ({ inputs, outputs: [output], attributes, by }, ties) => {
  if (!output) return
  const [along = 0] = axesOf(attributes['axis'] ?? 0, output.shape.length)
  for (const { first, shape } of Object.values(inputs))
    shape.forEach((_, axis) => ties.same(first + axis, output.first + (axis < along ? axis : axis + 1)))
  // The program's code has so many tensors.
  if (by === null) ties.given(output.first + along, 'constant')
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
