import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine, Layer } from '../../../src/instrumentation/tfjs/tfjs.ts'
import { StepRecorder } from './stepRecorder.ts'

const { layers } = tf
const recorder = new StepRecorder()
beforeAll(async () => {
  await tf.setBackend('cpu')
  recorder.watchEngine(tf.engine() as unknown as Engine)
  recorder.watchLayers(tf.sequential() as unknown as Layer)
})

/** The floating-point operations for one example that one training step of a model shows. */
async function flopsOf(...list: tf.layers.Layer[]): Promise<number | null> {
  const model = tf.sequential({ layers: list })
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  recorder.restart()
  const random = (shape: (number | null)[]) => tf.randomUniform(shape.map((size) => size ?? 5))
  await model.trainOnBatch(random(model.inputs[0]!.shape), random(model.outputs[0]!.shape))
  recorder.isOn = false
  return recorder.widths!.flops
}

describe('the floating-point operations of a forward pass', () => {
  it('are two for each multiply-add of a dense layer, by example', async () => {
    const dense = layers.dense({ units: 7, inputShape: [3], activation: 'relu' })
    expect(await flopsOf(dense, layers.batchNormalization(), layers.dense({ units: 2 }))).toBe(2 * (3 * 7 + 7 * 2))
  })

  it('count each position of a convolution', async () => {
    const conv = layers.conv2d({
      filters: 4,
      kernelSize: 3,
      inputShape: [8, 8, 3],
      padding: 'same',
      activation: 'relu',
    })
    const pool = layers.maxPooling2d({ poolSize: 2 })
    const depthwise = layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2 })
    const separable = layers.separableConv2d({ filters: 5, kernelSize: 3 })
    // 4 × 4 positions after pooling, 3 × 3 after the depthwise and 1 × 1 after the separable convolution.
    const each = [64 * 9 * 3 * 4, 9 * 4 * 8, 9 * 8 + 8 * 5]
    expect(await flopsOf(conv, pool, depthwise, separable)).toBe(2 * each.reduce((sum, count) => sum + count))
  })

  it('count what a transposed convolution spreads', async () => {
    const transposed = layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, inputShape: [5, 5, 3] })
    expect(await flopsOf(transposed)).toBe(2 * 25 * 9 * 4 * 3)
  })

  it('count each time step, and each position of an inner layer', async () => {
    const lstm = layers.lstm({ units: 6, inputShape: [7, 3], returnSequences: true })
    const inner = layers.timeDistributed({ layer: layers.dense({ units: 2 }) })
    expect(await flopsOf(lstm, inner)).toBe(2 * 7 * (4 * 6 * (3 + 6) + 6 * 2))
  })
})
