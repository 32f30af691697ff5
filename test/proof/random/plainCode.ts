import * as tf from '@tensorflow/tfjs'
import type { Literal } from './description.ts'

type Options = Readonly<Record<string, Literal>>
type Code = (inputs: readonly tf.Tensor[], options: Options) => tf.Tensor

const last = (x: tf.Tensor) => x.shape.at(-1)!
/** A list with one entry for each axis: `rest`, and `end` at the last. */
const atEnd = (x: tf.Tensor, rest: number, end: number) => x.shape.map((_, axis) => (axis === x.rank - 1 ? end : rest))

/** Runs attention of `heads` heads over [examples, steps, features]; `size` says where the code has features per head from. */
function attention([q, k, v]: readonly tf.Tensor[], { heads, size, width }: Options): tf.Tensor {
  const h = heads as number
  const split = (x: tf.Tensor) => {
    const [b, t] = x.shape as [number, number]
    const features = { literal: (width as number) / h, shape: last(x) / h, inferred: -1 }[size as string]!
    return h === 1 ? x : x.reshape([b, t, h, features]).transpose([0, 2, 1, 3])
  }
  const weights = tf.softmax(tf.matMul(split(q!), split(k!), false, true).div(Math.sqrt(last(q!))))
  const mixed = tf.matMul(weights, split(v!))
  if (h === 1) return mixed
  const [b, t] = v!.shape as [number, number]
  return mixed.transpose([0, 2, 1, 3]).reshape([b, t, size === 'literal' ? (width as number) : -1])
}

/** What programs do between layers, by name. Numbers in `options` are literals of the source. */
export const PLAIN_CODE: Readonly<Record<string, Code>> = {
  add: ([x, y]) => x!.add(y!),
  multiply: ([x, y]) => x!.mul(y!),
  subtract: ([x, y]) => x!.sub(y!),
  maximum: ([x, y]) => tf.maximum(x!, y!),
  meanOfStack: (inputs) => tf.stack([...inputs]).mean(0),
  stackSteps: (inputs) => tf.stack([...inputs], 1),
  concat: (inputs) => tf.concat([...inputs], -1),
  tanh: ([x]) => x!.tanh(),
  softmax: ([x]) => tf.softmax(x!),
  scaleByWidth: ([x]) => x!.div(Math.sqrt(last(x!))),
  scaleByList: ([x], { width }) => x!.mul(tf.tensor1d(Array.from({ length: width as number }, (_, i) => i / 10))),
  noise: ([x]) => x!.add(tf.randomNormal(x!.shape)),
  unitLength: ([x]) => x!.div(x!.square().sum(-1, true).sqrt().add(1e-3)),
  standardise: ([x]) => x!.sub(x!.mean(-1, true)),
  gatedHalves: ([x]) => {
    const [a, b] = tf.split(x!, 2, -1) as [tf.Tensor, tf.Tensor]
    return a.mul(b.sigmoid())
  },
  splitAt: ([x], { at, width }) => {
    const [a, b] = tf.split(x!, [at as number, (width as number) - (at as number)], -1) as [tf.Tensor, tf.Tensor]
    return tf.concat([b, a], -1)
  },
  first: ([x], { count }) => x!.slice(atEnd(x!, 0, 0), atEnd(x!, -1, count as number)),
  gather: ([x], { indices }) => tf.gather(x!, tf.tensor1d([...(indices as number[])], 'int32'), x!.rank - 1),
  addOnes: ([x]) => tf.concat([x!, tf.ones([...x!.shape.slice(0, -1), 1])], -1),
  pad: ([x]) =>
    tf.pad(
      x!,
      x!.shape.map((_, axis): [number, number] => (axis === x!.rank - 1 ? [1, 1] : [0, 0])),
    ),
  tile: ([x], { steps }) => x!.expandDims(1).tile([1, steps as number, 1]),
  meanOfSteps: ([x]) => x!.mean(1),
  maxOfSteps: ([x]) => x!.max(1),
  lastStep: ([x]) => x!.slice([0, x!.shape[1]! - 1, 0], [-1, 1, -1]).squeeze([1]),
  sumOfSteps: ([x]) => tf.addN(tf.unstack(x!, 1)),
  flatten: ([x]) => x!.reshape([x!.shape[0], -1]),
  flattenLiteral: ([x], { width }) => x!.reshape([-1, width as number]),
  transpose: ([x]) => x!.transpose([0, 2, 1]),
  foldSteps: ([x]) =>
    x!
      .reshape([-1, last(x!)])
      .tanh()
      .reshape([-1, x!.shape[1]!, last(x!)]),
  foldStepsLiteral: ([x], { width, steps }) =>
    x!
      .reshape([-1, width as number])
      .tanh()
      .reshape([-1, steps as number, width as number]),
  outer: ([x, y]) =>
    x!
      .expandDims(2)
      .mul(y!.expandDims(1))
      .reshape([x!.shape[0], last(x!) * last(y!)]),
  innerProduct: ([x, y]) => x!.mul(y!).sum(-1, true),
  attention,
}
