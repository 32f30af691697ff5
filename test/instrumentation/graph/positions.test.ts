import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { layerFields } from '../../../src/model/receptiveField/layerFields.ts'
import { fieldStrip } from '../../../src/presentation/fields/fieldStrip.ts'
import type { Layer } from '../../../src/protocol/layer.ts'
import type { LayerState } from '../../../src/run/state.ts'
import { traced } from './tracing.ts'

const { layers } = tf
type Symbolic = tf.SymbolicTensor
const IMAGE = [16, 16, 3]

/** Receptive fields of a run's layers as `min–max, map`, by the layer's name. */
function fieldsOf(run: readonly Layer[]): Record<string, string> {
  const { byId } = layerFields(run)
  return Object.fromEntries(
    run.map(({ id, name }) => {
      const field = byId.get(id)?.field
      return [name, field ? `${field.min.join('×')}–${field.max.join('×')}, ${field.map.join('×')}` : 'unknown']
    }),
  )
}

const layersOf = async (program: () => unknown) => Object.values(await traced(program))

/** Trains one step of what a function makes of an image. */
const trained = (build: (input: Symbolic) => Symbolic, shape = IMAGE) =>
  layersOf(async () => {
    const input = tf.input({ shape })
    const model = tf.model({ inputs: input, outputs: build(input) })
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    const random = (of: (number | null)[]) => tf.randomUniform(of.map((size) => size ?? 2))
    await model.trainOnBatch(random(model.inputs[0]!.shape), random(model.outputs[0]!.shape))
  })

const conv = (name: string, more: object = {}) =>
  layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name, ...more })

it('follows kernels, strides, dilation, padding and branches of a trained model to its dense layers', async () => {
  const run = await trained((input) => {
    const first = conv('strided', { strides: [2, 1], padding: 'valid', trainable: false }).apply(input) as Symbolic
    const long = conv('dilated', { dilationRate: 2, trainable: false }).apply(first) as Symbolic
    const sum = layers.add({ name: 'sum' }).apply([first, layers.reLU({ name: 'relu' }).apply(long) as Symbolic])
    const pooled = layers.averagePooling2d({ poolSize: 2, name: 'pool' }).apply(sum) as Symbolic
    const normal = layers.batchNormalization({ name: 'norm' }).apply(pooled) as Symbolic
    const flat = layers.flatten({ name: 'flat' }).apply(normal) as Symbolic
    return layers.dense({ units: 2, name: 'dense' }).apply(flat) as Symbolic
  })
  expect(fieldsOf(run)).toEqual({
    strided: '3×3–3×3, 7×14',
    dilated: '11×7–11×7, 7×14',
    relu: '11×7–11×7, 7×14',
    sum: '3×3–11×7, 7×14',
    pool: '5×4–13×8, 3×7',
    norm: '5×4–13×8, 3×7',
    flat: 'Infinity×Infinity–Infinity×Infinity, ',
    dense: 'Infinity×Infinity–Infinity×Infinity, ',
  })
  const strip = fieldStrip(run as LayerState[])
  expect(strip?.bars.map(({ name, map, seen }) => [name, map, seen.min, seen.max])).toEqual([
    ['strided', '7 × 14', 3 / 16, 3 / 16],
    ['dilated', '7 × 14', 7 / 16, 7 / 16],
    ['pool', '3 × 7', 4 / 16, 8 / 16],
  ])
})

it('gives an enlarged map, a model in a model and texts their receptive fields', async () => {
  const run = await trained((input) => {
    const inner = tf.sequential({
      layers: [conv('inner', { inputShape: [16, 16, 4] }), layers.maxPooling2d({ poolSize: 2, name: 'pool' })],
    })
    const up = layers.conv2dTranspose({ filters: 2, kernelSize: 4, strides: 2, padding: 'same', name: 'up' })
    return up.apply(inner.apply(conv('outer').apply(input))) as Symbolic
  })
  expect(fieldsOf(run)).toMatchObject({
    outer: '3×3–3×3, 16×16',
    inner: '5×5–5×5, 16×16',
    pool: '6×6–6×6, 8×8',
    up: '8×8–8×8, 16×16',
  })

  const text = await trained(
    (input) => {
      const words = layers.embedding({ inputDim: 9, outputDim: 4, name: 'words' }).apply(input)
      const seen = layers.conv1d({ filters: 4, kernelSize: 5, name: 'seen' }).apply(words)
      return layers.lstm({ units: 2, name: 'lstm' }).apply(seen) as Symbolic
    },
    [12],
  )
  expect(fieldsOf(text)).toEqual({ words: '1–1, 12', seen: '5–5, 8', lstm: 'Infinity–Infinity, ' })
})

it('knows nothing behind plain code, repeated layers and rearranged positions, and says so by no number', async () => {
  const plain = await layersOf(async () => {
    const model = tf.sequential({ layers: [conv('first', { inputShape: IMAGE })] })
    const second = conv('second', { inputShape: [16, 16, 4] })
    second.apply(tf.zeros([1, 16, 16, 4]))
    const x = tf.randomUniform([2, ...IMAGE])
    const loss = () => (second.apply(tf.relu(model.apply(x) as tf.Tensor)) as tf.Tensor).mean<tf.Scalar>()
    tf.train.sgd(0.1).minimize(loss)
    await Promise.resolve()
  })
  expect(fieldsOf(plain)).toEqual({ first: '3×3–3×3, 16×16', second: 'unknown' })

  const repeated = await trained((input) => {
    const again = conv('again')
    const twice = again.apply(again.apply(conv('before').apply(input))) as Symbolic
    return layers.permute({ dims: [2, 1, 3], name: 'permuted' }).apply(conv('after').apply(twice)) as Symbolic
  })
  expect(fieldsOf(repeated)).toEqual({
    before: '3×3–3×3, 16×16',
    again: 'unknown',
    after: 'unknown',
    permuted: 'unknown',
  })
})

it('names unproductive layers, and the first of them', async () => {
  const names = Array.from({ length: 12 }, (_, n) => `conv${n + 1}`)
  const run = await trained((input) => names.reduce((x, name) => conv(name).apply(x) as Symbolic, input), [8, 8, 1])
  expect(fieldStrip(run as LayerState[])?.words).toEqual([
    'The dashed line is the input, 8 × 8.',
    'conv5, conv6, conv7, conv8, conv9, conv10, conv11 and conv12 are predicted to add little: what they take has seen the whole input. The border is conv5.',
    'The layers suit inputs of 25 × 25.',
  ])
})
