import { broadcast, everyAxis } from './elementwiseRows.ts'
import type { Call, Row, Ties, View } from '../ties.ts'

/** Matrix products, batched or fused with a bias. */
export const matrixProduct: Row = (call, ties) => {
  const { a, b } = call.inputs
  const [output] = call.outputs
  if (!a || !b || !output) return
  const [rows, inner] = lastTwo(a, call.attributes['transposeA'] === true)
  const [otherInner, columns] = lastTwo(b, call.attributes['transposeB'] === true)
  const [outputRows, outputColumns] = lastTwo(output, false)
  ties.same(rows, outputRows)
  ties.same(columns, outputColumns)
  ties.contract(inner, otherInner)
  for (const input of [a, b]) {
    const batch = { first: input.first, shape: input.shape.slice(0, -2) }
    broadcast(batch, { first: output.first, shape: output.shape.slice(0, -2) }, ties)
  }
  fusedInputs(call, output, ties)
}

function lastTwo({ first, shape }: View, transposed: boolean): [number, number] {
  const last = first + shape.length - 1
  return transposed ? [last, last - 1] : [last - 1, last]
}

/** What a fused kernel adds to its output. */
function fusedInputs({ inputs }: Call, output: View, ties: Ties): void {
  for (const name of ['bias', 'preluActivationWeights']) if (inputs[name]) broadcast(inputs[name], output, ties)
}

/** The first axis is that of examples; the channel axis is the last, or the second. */
function channelAxis({ shape }: View, attributes: Call['attributes']): number {
  return attributes['dataFormat'] === 'NCHW' || attributes['dataFormat'] === 'NCDHW' ? 1 : shape.length - 1
}

/** An attribute that is one number for all positions, or one for each. */
const stepOf = (attribute: unknown, position: number): number =>
  Number(Array.isArray(attribute) ? (attribute as unknown[])[position] : (attribute ?? 1))

/**
 * Ties examples to examples, and positions to the positions that are computed from them. With a stride of s, their
 * number is n / s and a constant as long as n keeps its remainder.
 * @param isWidened whether strides make more positions, not fewer.
 */
function positions(input: View, output: View, { attributes }: Call, ties: Ties, isWidened = false): void {
  const channel = channelAxis(input, attributes)
  ties.same(input.first, output.first)
  let position = 0
  for (let axis = 1; axis < input.shape.length; axis++) {
    if (axis === channel) continue
    const stride = stepOf(attributes['strides'], position++)
    ties.linear(input.first + axis, output.first + axis, isWidened ? stride : 1, isWidened ? 1 : stride)
  }
}

/** Convolutions; the last two axes of a filter are the channels that go in and come out. */
export const convolution: Row = (call, ties) => {
  const { x, filter } = call.inputs
  const [output] = call.outputs
  if (!x || !filter || !output) return
  const channel = channelAxis(x, call.attributes)
  const [into, out] = lastTwo(filter, false)
  positions(x, output, call, ties)
  ties.contract(x.first + channel, into)
  ties.same(out, output.first + channel)
  fusedInputs(call, output, ties)
}

/** Transposed convolutions, which run the kernel of a convolution's gradient. */
export const transposedConvolution: Row = (call, ties) => {
  const { dy, filter } = call.inputs
  const [output] = call.outputs
  if (!dy || !filter || !output) return
  const channel = channelAxis(dy, call.attributes)
  const [out, into] = lastTwo(filter, false)
  // Code of the program names the shape of the output.
  if (call.by === null) {
    everyAxis(
      dy,
      (axis) => axis !== dy.first && axis !== dy.first + channel && ties.cut(axis, output.first + axis - dy.first),
    )
    ties.same(dy.first, output.first)
  } else positions(dy, output, call, ties, true)
  ties.contract(dy.first + channel, into)
  ties.same(out, output.first + channel)
}

/** Depthwise convolutions: each channel has `multiplier` filters of its own. */
export const depthwise: Row = (call, ties) => {
  const { x, filter } = call.inputs
  const [output] = call.outputs
  if (!x || !filter || !output) return
  const channel = channelAxis(x, call.attributes)
  const [channels, multiplier] = lastTwo(filter, false)
  positions(x, output, call, ties)
  ties.alike(x.first + channel, channels)
  if (ties.size(multiplier) === 1) ties.same(x.first + channel, output.first + channel)
  else ties.compose('product', [x.first + channel, multiplier], [output.first + channel])
  fusedInputs(call, output, ties)
}

/** Pooling: examples and channels stay. */
export const pooling: Row = (call, ties) => {
  const [input] = Object.values(call.inputs)
  const [output] = call.outputs
  if (!input || !output || input.shape.length !== output.shape.length) return
  const channel = channelAxis(input, call.attributes)
  positions(input, output, call, ties)
  ties.same(input.first + channel, output.first + channel)
}

/** Resizing of images, and functions that move positions to examples: channels stay. */
export const resizing: Row = ({ inputs, outputs: [output], by }, ties) => {
  const [input] = Object.values(inputs)
  if (!input || !output || input.shape.length !== output.shape.length) return
  const last = input.shape.length - 1
  ties.same(input.first, output.first)
  ties.same(input.first + last, output.first + last)
  for (let axis = 1; axis < last; axis++) {
    const ratio = output.shape[axis]! / input.shape[axis]!
    // The layer multiplies; others name the size.
    if (by === 'UpSampling2D') ties.linear(input.first + axis, output.first + axis, ratio)
    else ties.cut(input.first + axis, output.first + axis)
  }
}

/** Einsum, by the letters of its equation. */
export const einsum: Row = ({ inputs, outputs: [output], attributes }, ties) => {
  const [left = '', right = ''] = String(attributes['equation']).replaceAll(' ', '').split('->')
  const terms = left.split(',')
  const seen = new Map<string, number>()
  Object.values(inputs).forEach(({ first }, i) => {
    for (const [axis, letter] of [...(terms[i] ?? '')].entries()) {
      const [other, kept] = [seen.get(letter), right.indexOf(letter)]
      if (kept >= 0 && output) ties.same(first + axis, output.first + kept)
      else if (other !== undefined) ties.contract(first + axis, other)
      seen.set(letter, first + axis)
    }
  })
}
