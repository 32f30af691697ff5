import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import type { Layer } from '../../../src/protocol/layer.ts'
import { traced } from './tracing.ts'

const { layers } = tf
type Symbolic = tf.SymbolicTensor

/** Trains a model for two steps on random numbers of the shapes that it takes. */
async function train(inputs: Symbolic | Symbolic[], output: unknown): Promise<void> {
  const model = tf.model({ inputs, outputs: output as Symbolic })
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  const random = (shape: (number | null)[]) => tf.randomUniform(shape.map((size) => size ?? 3))
  const x = model.inputs.map(({ shape }) => random(shape))
  const y = model.outputs.map(({ shape }) => random(shape))
  for (let step = 0; step < 2; step++) await model.trainOnBatch(x, y)
}

/** Trains a chain of layers behind an input, with a layer of one unit as its end. */
const chain = (shape: number[], ...parts: tf.layers.Layer[]) =>
  traced(async () => {
    const input = tf.input({ shape })
    const last = parts.reduce((x, layer) => layer.apply(x) as Symbolic, input)
    const flat = last.shape.length > 2 ? layers.flatten().apply(last) : last
    await train(input, layers.dense({ units: 1, name: 'out' }).apply(flat))
  })

/** What limits a layer in short: `9 inputs`, `2 layer latent`; null for nothing. */
function limitOf(layer: Layer | undefined): string | null {
  if (!layer?.limit) return null
  const { count, by, layer: source } = layer.limit
  return [count, by, ...(source === null ? [] : [source])].join(' ')
}

describe('what a layer is a sum over', () => {
  const image = [5, 5, 2]
  const [filters, name] = [50, 'layer']
  it.each([
    ['inputs', [9], layers.dense({ units: 10, name }), '9 inputs'],
    ['inputs, as many as units', [9], layers.dense({ units: 9, name }), null],
    ['inputs of each step', [4, 9], layers.timeDistributed({ layer: layers.dense({ units: 10 }), name }), '9 inputs'],
    ['positions and channels', image, layers.conv2d({ filters, kernelSize: 3, name }), '18 inputs'],
    ['positions in one dimension', [6, 2], layers.conv1d({ filters, kernelSize: 3, name }), '6 inputs'],
    ['positions in three', [3, 3, 3, 1], layers.conv3d({ filters, kernelSize: 3, name }), '27 inputs'],
    ['positions of which one output has some', image, layers.conv2dTranspose({ filters, kernelSize: 2, strides: 2, name }), '8 inputs'],
    ['what the pointwise part gets', image, layers.separableConv2d({ filters, kernelSize: 3, depthMultiplier: 3, name }), '6 inputs'],
    ['what its depthwise part has of positions', image, layers.separableConv2d({ filters, kernelSize: 1, depthMultiplier: 3, name }), '2 inputs'],
    ['positions of its channel', image, layers.depthwiseConv2d({ kernelSize: [1, 2], depthMultiplier: 5, name }), '4 inputs'],
    ['positions of its channel, more than features', image, layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 5, name }), null],
    ['steps of time: units alone limit it', [6, 2], layers.lstm({ units: 20, name }), null],
  ] as const)('%s', async (_, shape, layer, expected) => {
    expect(limitOf((await chain([...shape], layer))[name])).toBe(expected)
  }) // prettier-ignore

  it('the entries of a table, and layers behind it that make one vector of each', async () => {
    const found = await chain(
      [1],
      layers.embedding({ inputDim: 5, outputDim: 20, name: 'table' }),
      layers.dense({ units: 30, activation: 'relu', name: 'each' }),
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 40, name: 'next' }),
    )
    expect(limitOf(found['table'])).toBe('5 vocabulary')
    expect([found['each'], found['next']].map(limitOf)).toEqual(['5 vocabulary table', '5 vocabulary table'])
  })

  it('the entries of a table, but not where several of them are merged', async () => {
    const found = await chain(
      [4],
      layers.embedding({ inputDim: 5, outputDim: 20, name: 'table' }),
      layers.globalAveragePooling1d({ name: 'mean' }),
      layers.dense({ units: 30, name: 'behind' }),
    )
    expect(limitOf(found['behind'])).toBe('20 layer table')
  })
})

describe('the layer whose width limits another', () => {
  it('is named through layers without features of their own', async () => {
    const found = await chain(
      [1, 6],
      layers.dense({ units: 2, name: 'latent' }),
      layers.batchNormalization(),
      layers.activation({ activation: 'tanh' }),
      layers.dropout({ rate: 0.5 }),
      layers.flatten(),
      layers.reshape({ targetShape: [1, 2] }),
      layers.globalAveragePooling1d({ name: 'pool' }),
      layers.dense({ units: 8, name: 'wide' }),
      layers.dense({ units: 4, name: 'narrow' }),
    )
    expect([found['latent'], found['wide'], found['narrow']].map(limitOf)).toEqual([null, '2 layer latent', null])
  })

  it('is not named where several meet', async () => {
    const found = await traced(async () => {
      const [a, b] = [tf.input({ shape: [5] }), tf.input({ shape: [5] })]
      const parts = [a, b].map((input) => layers.dense({ units: 2 }).apply(input) as Symbolic)
      const wide = layers.dense({ units: 8, name: 'wide' }).apply(layers.concatenate().apply(parts))
      await train([a, b], layers.dense({ units: 1 }).apply(wide))
    })
    expect(limitOf(found['wide'])).toBe('4 inputs')
  })
})

describe('a layer is measured behind a separate activation', () => {
  const behind = (found: Record<string, Layer>) => found['layer']?.measuredBehind ?? null
  const dense = (config: object = {}) => layers.dense({ units: 3, name: 'layer', ...config })
  const relu = () => layers.reLU({ name: 'relu' })

  it.each([
    ['of its own class', [dense(), relu()], 'relu'],
    ['behind normalisation', [dense(), layers.layerNormalization(), layers.prelu({ name: 'prelu' })], 'prelu'],
    ['by name', [dense({ activation: 'linear' }), layers.activation({ activation: 'elu', name: 'elu' })], 'elu'],
    ['but not a linear one', [dense(), layers.activation({ activation: 'linear' })], null],
    ['but not with one of its own', [dense({ activation: 'tanh' }), relu()], null],
    ['but not behind dropout', [dense(), layers.dropout({ rate: 0.1 }), relu()], null],
    ['but not behind normalisation alone', [dense(), layers.layerNormalization()], null],
  ] as const)('%s', async (_, parts, expected) => {
    expect(behind(await chain([4], ...parts))).toBe(expected)
  })

  it('that several share', async () => {
    const shared = relu()
    const found = await chain([4], dense(), shared, layers.dense({ units: 3, name: 'second' }), shared)
    expect([found['layer'], found['second']].map((layer) => layer?.measuredBehind)).toEqual(['relu', 'relu'])
  })

  it('but not where another layer takes its output', async () => {
    const found = await traced(async () => {
      const input = tf.input({ shape: [4] })
      const x = dense().apply(input) as Symbolic
      await train(input, layers.add().apply([x, relu().apply(x) as Symbolic]))
    })
    expect(behind(found)).toBeNull()
  })
})

describe('features that reach the loss and other layers', () => {
  it('are told from those of hidden and of output layers', async () => {
    const found = await traced(() => {
      const latent = layers.dense({ units: 3, name: 'latent' })
      const [hidden, out] = [layers.dense({ units: 5, name: 'hidden' }), layers.dense({ units: 2, name: 'out' })]
      const x = tf.ones([4, 6])
      out.apply(latent.apply(hidden.apply(x)))
      for (let step = 0; step < 2; step++)
        tf.train.sgd(0.1).minimize(() => {
          const z = latent.apply(hidden.apply(x)) as tf.Tensor
          const y = out.apply(z) as tf.Tensor
          return tf.add<tf.Scalar>(tf.mean(tf.square(y)), tf.mean(tf.square(z)))
        })
    })
    const reaching = Object.values(found).flatMap(({ name, reachesLoss }) => (reachesLoss ? [name] : []))
    expect(reaching).toEqual(['latent'])
  })
})
