import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { NetworkSize } from '../../src/folding/networkSize.ts'
import { trained } from './trainedModel.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** 2 × multiply-adds of the forward pass for one example, counted by hand. */
function flopsOf(a: number, b: number, c: number): number {
  return 2 * (6 * 6 * 3 * 3 * 2 * a + 36 * a * (b + c) + (b + c) * 2)
}

function model(a: number, b: number, c: number): tf.LayersModel {
  const x = tf.input({ shape: [8, 8, 2] })
  const { layers } = tf
  const apply = (layer: tf.layers.Layer, inputs: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(inputs) as tf.SymbolicTensor
  const y = apply(layers.conv2d({ filters: a, kernelSize: 3, name: 'a', activation: 'relu' }), x)
  const z = apply(layers.flatten(), apply(layers.batchNormalization({ name: 'norm' }), y))
  const left = apply(layers.dense({ units: b, name: 'b' }), z)
  const right = apply(layers.dense({ units: c, name: 'c' }), z)
  const last = apply(layers.dense({ units: 2, name: 'last' }), apply(layers.concatenate(), [left, right]))
  const whole = tf.model({ inputs: x, outputs: last })
  whole.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  return whole
}

it('counts the parameters that TensorFlow.js counts for a model of these widths, and its floating-point operations', async () => {
  const data = { xs: tf.randomNormal([8, 8, 8, 2]), ys: tf.randomNormal([8, 2]) }
  const { model: wide, recipe } = await trained(() => model(6, 7, 5), data, 1)
  const size = new NetworkSize(recipe, wide.countParams())
  const widthsOf = (a: number, b: number, c: number) =>
    new Map(recipe.groups.map(({ id, width }) => [id, { a, b, c }[id] ?? width]))
  const all: [number, number, number][] = [
    [6, 7, 5],
    [3, 7, 5],
    [6, 2, 4],
    [2, 3, 9],
  ]
  for (const widths of all) {
    expect(size.parameters(widthsOf(...widths))).toBe(model(...widths).countParams())
    expect(size.flops(widthsOf(...widths))).toBe(flopsOf(...widths))
  }
})

it('counts a recurrent weight for each of the time steps, by gates', async () => {
  const gru = () => {
    const whole = tf.sequential({
      layers: [
        tf.layers.gru({ units: 6, inputShape: [5, 3], name: 'gru', recurrentInitializer: 'glorotNormal' }),
        tf.layers.dense({ units: 2, name: 'last' }),
      ],
    })
    whole.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
    return whole
  }
  const data = { xs: tf.randomNormal([8, 5, 3]), ys: tf.randomNormal([8, 2]) }
  const { model: wide, recipe } = await trained(gru, data, 1)
  const size = new NetworkSize(recipe, wide.countParams())
  const expected = (units: number) => 2 * (5 * 3 * units * (3 + units) + units * 2)
  for (const units of [6, 2]) expect(size.flops(new Map([['gru', units]]))).toBe(expected(units))
})
