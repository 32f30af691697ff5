import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Projections } from '../../../src/instrumentation/projection/projections.ts'
import { engine, type Layer } from '../../../src/instrumentation/tfjs/tfjs.ts'
import { identity, mapped, type AffineMap } from '../../../src/saturation/units/affineMap.ts'
import { Eigenspaces } from '../../../src/saturation/units/eigenspaces.ts'
import { randomProjection, unitsProjection } from '../../../src/saturation/units/projections.ts'
import { reconstruction } from '../../../src/saturation/units/reconstruction.ts'
import { selectUnits } from '../../../src/saturation/units/selectUnits.ts'
import { momentsOf } from '../../saturation/units/features.ts'

class Doubled extends tf.layers.Layer {
  static className = 'Doubled'
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, 2)
  }
}
tf.serialization.registerClass(Doubled)

const ours = (layer: tf.layers.Layer): Layer => layer as unknown as Layer
const hash = (model: tf.LayersModel): string => {
  const digest = createHash('sha256')
  for (const weight of model.weights) digest.update(weight.read().dataSync())
  return digest.digest('hex')
}
const predict = (model: tf.LayersModel, x: tf.Tensor): number[] =>
  tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()])

/** A model of a layer in the middle, with weights that are not zero. */
function modelOf(shape: number[], layer: tf.layers.Layer, behind: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape })
  const output = [layer, ...behind].reduce<tf.SymbolicTensor>((x, next) => next.apply(x) as tf.SymbolicTensor, input)
  return tf.model({ inputs: input, outputs: output })
}

/** Shape and values of a layer's output. */
function outputOf(layer: tf.layers.Layer, x: tf.Tensor): { shape: number[]; values: Float64Array } {
  const output = layer.apply(x) as tf.Tensor
  const found = { shape: output.shape, values: Float64Array.from(output.dataSync()) }
  output.dispose()
  return found
}

/** Layers behind an output of some rank. */
const head = (rank: number) => [
  ...(rank > 2 ? [tf.layers.flatten()] : []),
  tf.layers.dense({ units: 2, biasInitializer: 'randomNormal' }),
]
const sites: [string, number[], () => tf.layers.Layer][] = [
  ['dense', [5], () => tf.layers.dense({ units: 6, activation: 'relu', biasInitializer: 'randomNormal' })],
  ['convolution', [6, 6, 2], () => tf.layers.conv2d({ filters: 5, kernelSize: 3, activation: 'tanh' })],
  ['recurrent with sequences', [4, 3], () => tf.layers.lstm({ units: 5, returnSequences: true })],
  ['recurrent', [4, 3], () => tf.layers.gru({ units: 5 })],
  [
    'bidirectional',
    [4, 3],
    () => tf.layers.bidirectional({ layer: tf.layers.simpleRNN({ units: 3 }), mergeMode: 'concat' }),
  ],
  ['per time step', [4, 3], () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 6 }) })],
  ['batch normalisation', [4], () => tf.layers.batchNormalization()],
  ['activation', [4], () => tf.layers.activation({ activation: 'sigmoid' })],
  ['custom', [4], () => new Doubled({})],
]

describe('projections', () => {
  let projections: Projections
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  beforeEach(() => {
    projections = new Projections(engine()!)
  })
  afterEach(() => projections.clear())

  it.each(sites)('replace the output of a layer: %s', (_name, shape, make) => {
    const layer = make()
    const x = tf.randomNormal([32, ...shape], 0, 1, 'float32', 7)
    const output = outputOf(layer, x)
    const behind = head(output.shape.length)
    const model = modelOf(shape, layer, behind)
    const width = output.shape.at(-1)!
    const moments = momentsOf(output.values, width)
    const plain = predict(model, x)
    const [weights, tensors] = [hash(model), tf.memory().numTensors]
    const random = vi.spyOn(Math, 'random')
    const apply = tf.layers.Layer.prototype.apply
    const { order } = selectUnits([moments.covariance], { count: width - 1 })
    const maps: AffineMap[] = [
      new Eigenspaces(moments).projection(0.5),
      randomProjection(moments.mean, 2, 1),
      unitsProjection(moments, order),
    ]
    for (const map of maps) {
      projections.set(ours(layer), map)
      const projected = projections.during(() => predict(model, x))
      const wanted = tf.tidy(() => {
        const rows = tf.tensor(Float32Array.from(mapped(map, output.values)), output.shape)
        return [...behind.reduce<tf.Tensor>((y, next) => next.apply(y) as tf.Tensor, rows).dataSync()]
      })
      projected.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 4))
      expect(projected).not.toEqual(plain)
    }
    projections.set(ours(layer), identity(width))
    expect(projections.during(() => predict(model, x))).toEqual(plain)
    projections.set(ours(layer), maps[0]!)
    expect(predict(model, x)).toEqual(plain)
    projections.clear()
    expect(projections.during(() => predict(model, x))).toEqual(plain)
    expect(hash(model)).toBe(weights)
    expect(tf.memory().numTensors).toBe(tensors)
    expect(random).not.toHaveBeenCalled()
    expect(tf.layers.Layer.prototype.apply).toBe(apply)
    random.mockRestore()
    x.dispose()
  })

  it('reach maps whose channels come first', () => {
    const centre = Float64Array.of(1, 2, 3)
    const map: AffineMap = { width: 3, rank: 0, matrix: new Float64Array(9), centre }
    const layer = tf.layers.activation({ activation: 'linear' })
    Object.assign(layer, { dataFormat: 'channelsFirst' })
    projections.set(ours(layer), map)
    const output = projections.during(() => layer.apply(tf.zeros([1, 3, 1, 2])) as tf.Tensor)
    expect([output.shape, [...output.dataSync()]]).toEqual([
      [1, 3, 1, 2],
      [1, 1, 2, 2, 3, 3],
    ])
  })

  it('keep small deviations from a large mean', () => {
    const map = { ...randomProjection(new Float64Array(32).fill(4096), 31, 1) }
    const layer = tf.layers.activation({ activation: 'linear' })
    projections.set(ours(layer), map)
    const x = tf.randomNormal([8, 32], 4096, 1, 'float32', 2)
    const projected = projections.during(() => (layer.apply(x) as tf.Tensor).dataSync())
    mapped(map, x.dataSync()).forEach((value, i) => expect(Math.abs(projected[i]! - value)).toBeLessThan(0.001))
  })

  it('put everything back after a throw, and refuse what is asynchronous or does not fit', () => {
    const apply = tf.layers.Layer.prototype.apply
    const layer = tf.layers.lstm({ units: 4 })
    projections.set(ours(layer), randomProjection(new Float64Array(3), 1, 1))
    projections.set(ours(layer), randomProjection(new Float64Array(4), 1, 1), 'state')
    const tensors = tf.memory().numTensors
    expect(() => projections.during(() => layer.apply(tf.ones([1, 2, 2])))).toThrow('3 features cannot be applied to 4')
    expect(() => projections.during(() => Promise.resolve(1))).toThrow('asynchronous')
    expect(tf.memory().numTensors - tensors).toBe(layer.weights.length)
    expect(tf.layers.Layer.prototype.apply).toBe(apply)
    expect(Object.hasOwn(ours(layer).cell!, 'call')).toBe(false)
    const dense = ours(tf.layers.dense({ units: 4 }))
    expect(() => projections.set(dense, identity(4), 'state')).toThrow('no single recurrent cell')
  })

  it.each(['lstm', 'simpleRNN'] as const)('of the state of a %s are the narrower layer', (kind) => {
    const [width, units] = [6, [1, 2, 5]]
    const layer = tf.layers[kind]({ units: width, returnSequences: true, biasInitializer: 'randomNormal' })
    const x = tf.randomNormal([30, 5, 3], 0, 1, 'float32', 5)
    const moments = momentsOf(outputOf(layer, x).values, width)
    projections.set(ours(layer), unitsProjection(moments, units), 'state')
    const projected = projections.during(() => tf.gather(layer.apply(x) as tf.Tensor, units, 2))
    const { matrix, constant } = reconstruction(moments, units)
    const [kernel, recurrent, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D]
    const columns = Array.from({ length: kernel.shape[1] / width }, (_, gate) =>
      units.map((unit) => gate * width + unit),
    ).flat()
    const estimate = tf.tensor2d(Float32Array.from(matrix), [width, units.length])
    const rest = tf.tensor2d(Float32Array.from(constant), [1, width]).matMul(recurrent).flatten()
    const narrow = tf.layers[kind]({ units: units.length, returnSequences: true })
    narrow.apply(x)
    narrow.setWeights([
      kernel.gather(columns, 1),
      estimate.transpose().matMul(recurrent).gather(columns, 1),
      bias.add(rest).gather(columns),
    ])
    const folded = (narrow.apply(x) as tf.Tensor).dataSync()
    expect(folded).toHaveLength(30 * 5 * 3)
    projected.dataSync().forEach((value, i) => expect(value).toBeCloseTo(folded[i]!, 5))
  })
})
