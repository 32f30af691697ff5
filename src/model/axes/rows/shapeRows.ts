import { axesOf, type Row, type Ties, type View } from '../ties.ts'

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
  const shape = attributes['shape']
  const named = (axis: number) => {
    const size: unknown = Array.isArray(shape) ? shape[axis - output.first] : null
    return typeof size === 'number' && size >= 0
  }
  for (const { from, to } of correspondences(input, output, ties)) {
    if (from.length === 1 && to.length === 1) ties.same(from[0]!, to[0]!)
    else ties.compose('product', from, to)
    if (by !== null && by !== 'Reshape') continue
    // Beside a size that is inferred, or in the layer, sizes are numbers. Other code of the program may work them out.
    const areNumbers = by === 'Reshape' || (to.length > 1 && !to.every(named))
    for (const axis of to.filter(named)) {
      if (areNumbers) ties.given(axis, 'constant')
      else ties.unknown(axis)
    }
  }
  sameOnes(input, output, ties)
}

/** The smallest groups of axes that have as many elements in the input as in the output. */
function correspondences(input: View, output: View, ties: Ties): { from: number[]; to: number[] }[] {
  const [before, after] = [wideAxes(input), wideAxes(output)]
  const groups: { from: number[]; to: number[] }[] = []
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    const [from, to] = [[before[i]!], [after[j]!]]
    let [left, right] = [ties.size(before[i++]!), ties.size(after[j++]!)]
    while (left !== right) {
      if (left < right && i < before.length) {
        left *= ties.size(before[i]!)
        from.push(before[i++]!)
      } else if (j < after.length) {
        right *= ties.size(after[j]!)
        to.push(after[j++]!)
      } else break
    }
    groups.push({ from, to })
  }
  return groups
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
