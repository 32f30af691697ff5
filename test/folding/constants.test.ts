import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { trained } from './trainedModel.ts'

const { layers } = tf

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** The weight that takes the constant of what a layer takes, in a recorded training of these layers. */
async function constantOf(shape: number[], outputs: number, stack: tf.layers.Layer[], consumer: string) {
  const build = () => {
    const model = tf.sequential({ layers: [layers.inputLayer({ inputShape: shape }), ...stack] })
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    return model
  }
  const { recipe } = await trained(build, { xs: tf.randomUniform([8, ...shape]), ys: tf.ones([8, outputs]) }, 1)
  return recipe.consumers.find(({ layer }) => layer === consumer)!.constant
}

describe('the constant of an estimate', () => {
  // Gradients keep a copy of a fused product, which is no second use of it.
  it.each(['linear', 'relu', 'softmax'] as const)('goes into the bias of a dense layer: %s', async (activation) => {
    const stack = [layers.dense({ units: 6, activation: 'relu' }), layers.dense({ units: 3, activation, name: 'next' })]
    expect(await constantOf([4], 3, stack, 'next')).toEqual({ layer: 'next', index: 1, sign: 1 })
  })

  const convolutions = (padding: 'same' | 'valid') => [
    layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', name: 'first' }),
    layers.conv2d({ filters: 3, kernelSize: 3, padding, useBias: false, name: 'next' }),
    layers.batchNormalization({ name: 'norm' }),
    layers.globalAveragePooling2d({}),
  ]

  it('is subtracted from the moving mean behind a convolution without bias', async () => {
    expect(await constantOf([7, 7, 2], 3, convolutions('valid'), 'next')).toEqual({ layer: 'norm', index: 2, sign: -1 })
  })

  it('goes nowhere where a convolution pads its input with zeros', async () => {
    expect(await constantOf([7, 7, 2], 3, convolutions('same'), 'next')).toBeNull()
  })
})
