import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { admissibleWidth } from '../../../src/advice/admissibleWidth.ts'
import type { Layer } from '../../../src/protocol/layer.ts'
import { traced, widthOf } from './tracing.ts'

const { layers } = tf
type Widths = Record<string, number>
type Symbolic = tf.SymbolicTensor

/** A program whose layers are named after the widths that they are given. */
interface Program {
  widths: Widths
  run: (widths: Widths) => unknown
  /** What is to be found, by layer: `free`, `free: 8n`, `free: 12+n`, `given: data`, … */
  found: Record<string, string>
}

const dense = (units: number, name: string) => layers.dense({ units, name })
const input = (...shape: number[]) => tf.input({ shape })
const apply = (layer: tf.layers.Layer, ...x: Symbolic[]) => layer.apply(x.length === 1 ? x[0]! : x) as Symbolic

/** Trains a model for one step on numbers of the shapes that it takes. */
async function step(inputs: Symbolic | Symbolic[], outputs: Symbolic): Promise<void> {
  const model = tf.model({ inputs, outputs })
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  const ones = ({ shape }: Symbolic) => tf.ones(shape.map((size) => size ?? 4))
  await model.trainOnBatch(model.inputs.map(ones), ones(outputs))
}

/** Trains layers for one step in code by hand. */
function minimise(forward: () => tf.Tensor): void {
  forward()
  tf.train.sgd(0.1).minimize(() => forward().square().mean<tf.Scalar>())
}

const short = (layer: Layer | undefined) => {
  const { multiple = 1, offset = 0 } = layer?.group ?? {}
  const form = `${offset > 0 ? `${offset}+` : ''}${multiple > 1 ? multiple : ''}n`
  return widthOf(layer) + (form === 'n' ? '' : `: ${form}`)
}

const PROGRAMS: Record<string, Program> = {
  'a Reshape layer that infers a size': {
    widths: { a: 32 },
    found: { a: 'free: 8n' },
    run: ({ a }) => {
      const x = input(5)
      const maps = apply(layers.reshape({ targetShape: [-1, 8] }), apply(dense(a!, 'a'), x))
      return step(x, apply(dense(3, 'out'), apply(layers.globalAveragePooling1d({}), maps)))
    },
  },
  'a Reshape layer that names all sizes': {
    widths: { a: 32 },
    found: { a: 'given: constant' },
    run: ({ a }) => {
      const x = input(5)
      const maps = apply(layers.reshape({ targetShape: [4, 8] }), apply(dense(a!, 'a'), x))
      return step(x, apply(dense(3, 'out'), maps))
    },
  },
  'convolutions along features': {
    widths: { a: 30, b: 6 },
    found: { a: 'free: 4+2n', b: 'free' },
    run: ({ a, b }) => {
      const x = input(5)
      const line = apply(layers.reshape({ targetShape: [-1, 1] }), apply(dense(a!, 'a'), x))
      const conv = apply(layers.conv1d({ filters: b!, kernelSize: 5, strides: 2, name: 'b' }), line)
      return step(x, apply(dense(3, 'out'), apply(layers.globalMaxPooling1d({}), conv)))
    },
  },
  'a split into two': {
    widths: { a: 12, b: 6 },
    found: { a: 'unknown: split', b: 'unknown: split' },
    run: ({ a, b }) => {
      const [first, second, out] = [dense(a!, 'a'), dense(b!, 'b'), dense(2, 'out')]
      const x = tf.ones([4, 5])
      minimise(() => {
        const [value, gate] = tf.split(first.apply(x) as tf.Tensor, 2, 1) as [tf.Tensor, tf.Tensor]
        return out.apply(value.mul(gate.sigmoid()).add(second.apply(x) as tf.Tensor)) as tf.Tensor
      })
    },
  },
  'a gated linear unit': {
    widths: { a: 12 },
    found: { a: 'free: 2n' },
    run: ({ a }) => {
      const [first, out] = [dense(a!, 'a'), dense(2, 'out')]
      const x = tf.ones([4, 5])
      minimise(() => {
        const [value, gate] = tf.split(first.apply(x) as tf.Tensor, 2, 1) as [tf.Tensor, tf.Tensor]
        return out.apply(value.mul(gate.sigmoid())) as tf.Tensor
      })
    },
  },
  'a split into named sizes': {
    widths: { a: 12 },
    found: { a: 'given: constant' },
    run: ({ a }) => {
      const [first, left, right] = [dense(a!, 'a'), dense(2, 'left'), dense(2, 'right')]
      const x = tf.ones([4, 5])
      minimise(() => {
        const [b, c] = tf.split(first.apply(x) as tf.Tensor, [4, 8], 1) as [tf.Tensor, tf.Tensor]
        return (left.apply(b) as tf.Tensor).add(right.apply(c) as tf.Tensor)
      })
    },
  },
  'a split into named sizes, one of which is 1': {
    widths: { a: 4 },
    found: { a: 'given: constant' },
    run: ({ a }) => {
      const [first, out] = [dense(a!, 'a'), dense(2, 'out')]
      const x = tf.ones([4, 5])
      minimise(() => {
        const [b, c] = tf.split(first.apply(x) as tf.Tensor, [1, 3], 1) as [tf.Tensor, tf.Tensor]
        return out.apply(tf.concat([c, b], 1)) as tf.Tensor
      })
    },
  },
  'a model inside that declares its input': {
    widths: { a: 12, b: 7 },
    found: { a: 'given: constant', b: 'free' },
    run: ({ a, b }) => {
      const x = input(5)
      const tower = tf.sequential({
        layers: [layers.dense({ units: b!, inputShape: [12], name: 'b' }), dense(2, 'out')],
      })
      return step(x, tower.apply(apply(dense(a!, 'a'), x)) as Symbolic)
    },
  },
  'numbers in a layer of the program': {
    widths: { a: 3, b: 7 },
    found: { a: 'given: constant', b: 'free' },
    run: ({ a, b }) => {
      const x = input(5)
      const scaled = apply(new Scale({}), apply(dense(a!, 'a'), x))
      const kept = apply(new Kept({}), apply(dense(b!, 'b'), x))
      return step(x, apply(dense(2, 'out'), apply(layers.concatenate(), scaled, kept)))
    },
  },
  'gates of an LSTM by hand with a given state': {
    widths: { a: 12 },
    found: { a: 'given: constant' },
    run: ({ a }) => {
      const [gates, out] = [dense(a!, 'a'), dense(2, 'out')]
      const x = tf.ones([4, 5])
      minimise(() => {
        let [h, c]: tf.Tensor[] = [tf.zeros([4, 3]), tf.zeros([4, 3])]
        for (let t = 0; t < 2; t++) {
          const z = gates.apply(tf.concat([x, h!], 1)) as tf.Tensor
          const [i, f, o, g] = tf.split(z, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
          c = f.sigmoid().mul(c!).add(i.sigmoid().mul(g.tanh()))
          h = o.sigmoid().mul(c.tanh())
        }
        return out.apply(h!) as tf.Tensor
      })
    },
  },
  'a slice to the end': {
    widths: { a: 12 },
    found: { a: 'free: 3+n' },
    run: ({ a }) => {
      const [first, out] = [dense(a!, 'a'), dense(2, 'out')]
      const x = tf.ones([4, 5])
      minimise(() => out.apply((first.apply(x) as tf.Tensor).slice([0, 3], [-1, -1])) as tf.Tensor)
    },
  },
  'a concatenation with data': {
    widths: { a: 12, b: 17 },
    found: { a: 'unknown: concat', b: 'unknown: concat' },
    run: ({ a, b }) => {
      const x = input(5)
      const both = apply(layers.concatenate(), apply(dense(a!, 'a'), x), x)
      return step(x, apply(dense(2, 'out'), apply(layers.add(), both, apply(dense(b!, 'b'), x))))
    },
  },
  'several layers concatenated': {
    widths: { a: 12, b: 7, c: 5 },
    found: { a: 'free', b: 'free', c: 'free' },
    run: ({ a, b, c }) => {
      const x = input(5)
      const [first, second] = [apply(dense(a!, 'a'), x), apply(dense(b!, 'b'), x)]
      const both = apply(layers.batchNormalization(), apply(layers.concatenate(), first, second, x))
      const all = apply(layers.concatenate(), both, apply(dense(c!, 'c'), both))
      return step(x, apply(dense(2, 'out'), all))
    },
  },
  'a depthwise convolution with a multiplier': {
    widths: { a: 6, b: 4 },
    found: { a: 'free', b: 'free' },
    run: ({ a, b }) => {
      const x = input(8, 8, 3)
      const conv = apply(layers.conv2d({ filters: a!, kernelSize: 3, strides: 2, padding: 'same', name: 'a' }), x)
      const deep = apply(layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2 }), conv)
      const next = apply(layers.separableConv2d({ filters: b!, kernelSize: 2, depthMultiplier: 3, name: 'b' }), deep)
      return step(x, apply(dense(2, 'out'), apply(layers.flatten(), next)))
    },
  },
  'an encoder and decoder of images with upsampling and a skip': {
    widths: { a: 6, b: 4, c: 5 },
    found: { a: 'free', b: 'free', c: 'free' },
    run: ({ a, b, c }) => {
      const conv = (filters: number, name: string, strides = 1) =>
        layers.conv2d({ filters, kernelSize: 3, strides, padding: 'same', name })
      const x = input(8, 8, 3)
      const top = apply(conv(a!, 'a'), x)
      const low = apply(conv(b!, 'b', 2), top)
      const up = apply(layers.upSampling2d({}), low)
      const both = apply(layers.concatenate(), top, up)
      return step(x, apply(conv(3, 'out'), apply(conv(c!, 'c'), both)))
    },
  },
  'attention by hand, with heads that are inferred': {
    widths: { q: 12, k: 12, v: 12, o: 6 },
    found: { q: 'free: 4n', k: 'free: 4n', v: 'free: 4n', o: 'free' },
    run: ({ q, k, v, o }) => {
      const inner = { q: dense(q!, 'q'), k: dense(k!, 'k'), v: dense(v!, 'v') }
      const [project, out] = [dense(o!, 'o'), dense(2, 'out')]
      const x = tf.ones([2, 5, 6])
      const split = (layer: tf.layers.Layer) =>
        (layer.apply(x) as tf.Tensor).reshape([2, 5, 4, -1]).transpose([0, 2, 1, 3])
      minimise(() => {
        const scores = tf.matMul(split(inner.q), split(inner.k), false, true).mul(1 / Math.sqrt(3))
        const mixed = tf.matMul(tf.softmax(scores), split(inner.v)).transpose([0, 2, 1, 3])
        return out.apply(project.apply(mixed.reshape([2, 5, -1]))) as tf.Tensor
      })
    },
  },
  'normalisation, residuals and dropout by hand': {
    widths: { a: 12, b: 12, c: 7 },
    found: { a: 'free', b: 'free', c: 'free' },
    run: ({ a, b, c }) => {
      const inner = { a: dense(a!, 'a'), b: dense(b!, 'b'), c: dense(c!, 'c') }
      const out = dense(2, 'out')
      const x = tf.ones([4, 5])
      minimise(() => {
        const h = tf.dropout(inner.a.apply(x) as tf.Tensor, 0.5)
        const { mean, variance } = tf.moments(h, 1, true)
        const batch = tf.moments(h, 0)
        const normal = h.sub(mean).div(variance.add(1e-3).sqrt()).sub(batch.mean)
        const mixed = normal.add(inner.b.apply(inner.c.apply(normal) as tf.Tensor) as tf.Tensor)
        return out.apply(tf.stack([mixed, mixed.neg()], 1).mean(1)) as tf.Tensor
      })
    },
  },
  'an embedding that is its own output': {
    widths: { a: 12 },
    found: { a: 'free' },
    run: ({ a }) => {
      const words = layers.embedding({ inputDim: 9, outputDim: a!, name: 'a' })
      const tokens = tf.tensor2d([[1, 2, 3]], undefined, 'int32')
      const labels = tf.oneHot(tf.tensor1d([2, 3, 4], 'int32'), 9)
      minimise(() => {
        const h = (words.apply(tokens) as tf.Tensor).squeeze([0])
        const logits = tf.matMul(h.tanh(), words.getWeights()[0]!, false, true)
        return logits.sub(labels)
      })
    },
  },
  'rows that are gathered, tiled, stacked and sliced': {
    widths: { a: 12, b: 9 },
    found: { a: 'free', b: 'free' },
    run: ({ a, b }) => {
      const [first, second, out] = [dense(a!, 'a'), dense(b!, 'b'), dense(2, 'out')]
      const x = tf.ones([4, 5])
      minimise(() => {
        const h = tf.gather(first.apply(x) as tf.Tensor, tf.tensor1d([0, 2], 'int32'))
        const both = tf.stack([h, h.neg()], 1).slice([0, 1], [-1, 1])
        return out.apply(second.apply(tf.tile(both, [2, 1, 1]))) as tf.Tensor
      })
    },
  },
  ...Object.fromEntries(
    (['concat', 'sum', 'mul', 'ave'] as const).map((mergeMode) => [
      `a Bidirectional that merges by ${mergeMode}`,
      {
        widths: { a: 6 },
        found: { both: mergeMode === 'concat' ? 'free: 2n' : 'free' },
        run: ({ a }: Widths) => {
          const x = input(4, 3)
          const layer = layers.gru({ units: a!, returnSequences: true, recurrentInitializer: 'glorotNormal' })
          const both = layers.bidirectional({ layer, mergeMode, name: 'both' })
          return step(x, apply(layers.timeDistributed({ layer: dense(2, 'inner'), name: 'out' }), apply(both, x)))
        },
      },
    ]),
  ),
}

/** Multiplies by numbers of its own. */
class Scale extends layers.Layer {
  static className = 'Scale'
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return [inputs].flat()[0]!.mul(tf.tensor1d([1, 2, 3]))
  }
}

/** Reshapes to the shape that its input has anyway, and begins with a state of zeros. */
class Kept extends layers.Layer {
  static className = 'Kept'
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = [inputs].flat()[0]!
    return x.reshape([-1, x.shape.at(-1)!]).add(tf.zeros([x.shape.at(-1)!]))
  }
}

/** Widths of every free group to try: each alone, and all at once. */
function* followed(described: Record<string, Layer>, widths: Widths): Generator<Widths> {
  const free = Object.keys(widths).filter((name) => widthOf(described[name]) === 'free')
  const changed = (names: string[], factor: number): Widths => {
    const groupsOf = (name: string) => described[name]!.group!
    const ids = new Set(names.map((name) => groupsOf(name).id))
    const members = free.filter((name) => ids.has(groupsOf(name).id))
    const width = (name: string) => admissibleWidth(Math.ceil(widths[name]! * factor), groupsOf(name))
    return { ...widths, ...Object.fromEntries(members.map((name) => [name, width(name)])) }
  }
  for (const factor of [0.1, 0.6, 0.8, 1.3]) {
    for (const name of free) yield changed([name], factor)
    yield changed(free, factor)
  }
}

describe('widths that are followed run', () => {
  it.each(Object.entries(PROGRAMS))('%s', async (_, { widths, run, found }) => {
    const described = await traced(() => run(widths))
    const shown = Object.fromEntries(Object.keys(found).map((name) => [name, short(described[name])]))
    expect(shown).toEqual(found)
    for (const tried of followed(described, widths))
      await expect(Promise.resolve(tried).then(run)).resolves.not.toThrow()
  })
})
