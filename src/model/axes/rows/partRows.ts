import { everyAxis } from './elementwiseRows.ts'
import { axesOf, type Row } from '../ties.ts'

export const concatenation: Row = ({ inputs, outputs: [output], attributes, by }, ties) => {
  if (!output) return
  const parts = Object.values(inputs).filter(({ shape }) => shape.length === output.shape.length)
  const [along = 0] = axesOf(attributes['axis'], output.shape.length)
  for (const { first, shape } of parts)
    shape.forEach((_, axis) => axis !== along && ties.same(first + axis, output.first + axis))
  const [only, other] = parts
  if (parts.length === 1 && only) ties.same(only.first + along, output.first + along)
  // Both directions have the units of the layer that is wrapped.
  if (by === 'Bidirectional' && only && other) ties.sameSize(only.first + along, other.first + along)
  if (parts.length > 1)
    ties.compose(
      'sum',
      parts.map(({ first }) => first + along),
      [output.first + along],
    )
}

/** Split, into so many equal parts or into parts of these sizes. */
export const split: Row = ({ inputs, outputs, attributes, by }, ties) => {
  const [input] = Object.values(inputs)
  if (!input) return
  const [along = 0] = axesOf(attributes['axis'] ?? 0, input.shape.length)
  for (const { first, shape } of outputs)
    shape.forEach((_, axis) => axis !== along && ties.same(input.first + axis, first + axis))
  const parts = outputs.map(({ first }) => first + along)
  const [only] = parts
  if (only === undefined) return
  if (parts.length === 1) ties.same(input.first + along, only)
  else ties.compose('sum', [input.first + along], parts)
  const sizes = attributes['numOrSizeSplits']
  if (!Array.isArray(sizes)) for (const part of parts) ties.sameSize(only, part)
  else if (by === null) parts.forEach((part, i) => sizes[i] !== -1 && ties.given(part, 'constant'))
}

/** Slices: an axis of unchanged size is the same one. */
export const slice: Row = ({ inputs, outputs: [output], attributes, by }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output) return
  if (input.shape.length !== output.shape.length) {
    for (const tensor of [input, output]) everyAxis(tensor, (axis) => ties.unknown(axis))
    return
  }
  const sizes = attributes['size'] ?? []
  input.shape.forEach((size, axis) => {
    const [from, to] = [input.first + axis, output.first + axis]
    const named = Array.isArray(sizes)
      ? ((sizes as (number | undefined)[])[axis] ?? -1)
      : axis === 0
        ? Number(sizes)
        : -1
    const isToEnd = 'begin' in attributes && !('end' in attributes) && named === -1
    if (output.shape[axis] === size) {
      ties.same(from, to)
      // The program's code names the size that it wants.
      if (by === null && named === size) ties.unknown(from)
    } else if (isToEnd || by === 'Cropping2D') ties.linear(from, to)
    else ties.cut(from, to)
  })
}

/** Padding adds a constant number. */
export const pad: Row = ({ inputs, outputs: [output] }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output) return
  input.shape.forEach((size, axis) => {
    if (output.shape[axis] === size) ties.same(input.first + axis, output.first + axis)
    else ties.linear(input.first + axis, output.first + axis)
  })
}

/** Tile: a repeated axis grows. */
export const tile: Row = ({ inputs, outputs: [output], by }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output || input.shape.length !== output.shape.length) return
  input.shape.forEach((size, axis) => {
    const [from, to] = [input.first + axis, output.first + axis]
    if (size === output.shape[axis] || size === 1) ties.same(from, to)
    else ties.linear(from, to, output.shape[axis]! / size)
    // The program's code may have worked out how often.
    if (by === null && size === 1 && output.shape[axis] !== 1) ties.unknown(to)
  })
}
