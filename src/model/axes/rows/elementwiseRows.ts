import { axesOf, type Call, type Row, type Ties, type View } from '../ties.ts'

/** Element-wise kernels: all inputs broadcast to the output, as NumPy aligns them. */
export const elementwise: Row = ({ inputs, outputs: [output] }, ties) => {
  if (!output) return
  for (const input of Object.values(inputs)) broadcast(input, output, ties)
}

/** Ties a tensor to an output that it broadcasts to; their last axes are aligned. */
export function broadcast(input: View, output: View, ties: Ties): void {
  const offset = output.shape.length - input.shape.length
  input.shape.forEach((_, axis) => {
    if (axis + offset >= 0) ties.same(input.first + axis, output.first + axis + offset)
  })
}

/** Select: a condition of rank 1 chooses whole rows. */
export const select: Row = ({ inputs, outputs: [output] }, ties) => {
  if (!output) return
  for (const [name, input] of Object.entries(inputs)) {
    if (name === 'condition' && input.shape.length === 1) ties.same(input.first, output.first)
    else broadcast(input, output, ties)
  }
}

/** Kernels that reduce axes: Sum, Mean, Max, ArgMax, … */
export const reduction: Row = ({ inputs, outputs: [output], attributes, by }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output) return
  const rank = input.shape.length
  const reduced = axesOf(attributes['axis'] ?? attributes['reductionIndices'], rank)
  const keeps = output.shape.length === rank
  let next = output.first
  for (let axis = 0; axis < rank; axis++) {
    if (!reduced.includes(axis)) ties.same(input.first + axis, next++)
    else {
      if (keeps) next++
      // The layer multiplies its inputs element by element, and then sums.
      if (by === 'Dot') ties.contractAlone(input.first + axis)
    }
  }
}

/** Kernels whose output is made from attributes alone, or from data: its sizes are constants where the program runs it. */
export const made: Row = ({ outputs, by }, ties) => {
  if (by !== null) return
  for (const output of outputs) everyAxis(output, (axis) => ties.given(axis, 'constant'))
}

/** A kernel without a row: it may need every size. */
export const unknown: Row = (call: Call, ties) => {
  for (const tensor of [...Object.values(call.inputs), ...call.outputs]) everyAxis(tensor, (axis) => ties.unknown(axis))
}

export function everyAxis({ first, shape }: View, action: (axis: number) => void): void {
  shape.forEach((_, axis) => action(first + axis))
}
