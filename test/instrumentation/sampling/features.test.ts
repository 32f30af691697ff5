import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_OPTIONS, type MeasureOptions } from '../../../src/protocol/measureOptions.ts'
import { Features } from '../../../src/instrumentation/sampling/features.ts'
import { engine, type Layer, type Tensor } from '../../../src/instrumentation/tfjs/tfjs.ts'

const conv = (options: object = {}) => tf.layers.conv2d({ filters: 3, kernelSize: 1, ...options })

/** Computes the features of a layer's output, and checks that no tensor is left over. */
function featuresOf(layer: tf.layers.Layer, input: tf.Tensor, options: Partial<MeasureOptions>) {
  const output = layer.apply(input) as tf.Tensor
  let seen: { shape: number[]; values: number[]; same: boolean } | null = null
  const features = new Features(engine()!, { ...DEFAULT_OPTIONS, ...options })
  const before = tf.memory().numTensors
  features.from(layer as unknown as Layer, [input as unknown as Tensor], output as unknown as Tensor, (x) => {
    seen = { shape: x.shape, values: [...x.dataSync()], same: x === (output as unknown as Tensor) }
  })
  expect(tf.memory().numTensors).toBe(before)
  return { output, ...seen! }
}

describe('features of an output', () => {
  let image: tf.Tensor4D
  beforeAll(async () => {
    await tf.setBackend('cpu')
    image = tf.randomNormal([2, 5, 4, 3], 0, 1, 'float32', 3)
  })

  it('are the output itself by default', () => {
    expect(featuresOf(conv(), image, {}).same).toBe(true)
    expect(
      featuresOf(tf.layers.dense({ units: 4, activation: 'relu' }), tf.ones([3, 2]), { recurrent: 'last' }).same,
    ).toBe(true)
    expect(
      featuresOf(tf.layers.dense({ units: 4 }), tf.ones([3, 2]), { preActivation: true, convolution: 'max' }).same,
    ).toBe(true)
  })

  it('of a convolution are pooled or flattened over the positions of each example', () => {
    const pooled = { mean: tf.mean, max: tf.max }
    for (const mode of ['mean', 'max'] as const) {
      const { output, shape, values } = featuresOf(conv(), image, { convolution: mode })
      expect(shape).toEqual([2, 3])
      const known = pooled[mode](output, [1, 2]).dataSync()
      values.forEach((value, i) => expect(value).toBeCloseTo(known[i]!, 5))
    }
    const flat = featuresOf(conv(), image, { convolution: 'flatten' })
    expect([flat.shape, flat.values]).toEqual([[2, 60], [...flat.output.dataSync()]]) // prettier-ignore
    const { output, shape, values } = featuresOf(conv(), image, { convolution: 'median' })
    expect(shape).toEqual([2, 3])
    const column = (example: number, channel: number) =>
      [...output.dataSync()].filter((_, i) => Math.floor(i / 60) === example && i % 3 === channel).sort((a, b) => a - b)
    for (const [i, value] of values.entries()) {
      const sorted = column(Math.floor(i / 3), i % 3)
      expect(value).toBeCloseTo((sorted[9]! + sorted[10]!) / 2, 6)
    }
  })

  it('of a convolution are thinned to an even grid', () => {
    const { output, shape, values } = featuresOf(conv(), image, { downsample: 2 })
    expect(shape).toEqual([2, 2, 2, 3])
    expect(values).toEqual([...tf.stridedSlice(output, [0, 0, 0, 0], [2, 5, 4, 3], [1, 3, 2, 1]).dataSync()])
    expect(featuresOf(conv(), image, { downsample: 2, convolution: 'flatten' }).shape).toEqual([2, 12])
    expect(featuresOf(conv(), image, { downsample: 5 }).same).toBe(true)
  })

  it('of a recurrent layer are those of the last step on request', () => {
    const layer = tf.layers.lstm({ units: 3, returnSequences: true })
    const { output, shape, values } = featuresOf(layer, tf.randomNormal([2, 6, 4]), { recurrent: 'last' })
    expect(shape.at(-1)).toBe(3)
    expect(values).toEqual([...tf.slice(output, [0, 5, 0], [2, 1, 3]).dataSync()])
  })

  it.each(['relu', 'sigmoid', 'softmax'] as const)(
    'are those before a fused %s on request, which stays in place',
    (activation) => {
      for (const [layer, input] of [
        [tf.layers.dense({ units: 4, activation }), tf.randomNormal([3, 5])],
        [conv({ activation }), image],
      ] as const) {
        const { output, values } = featuresOf(layer, input, { preActivation: true })
        const [kernel, bias] = layer.getWeights() as [tf.Tensor, tf.Tensor]
        const linear =
          input.rank === 2
            ? tf.matMul(input, kernel).add(bias)
            : tf.conv2d(input as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'valid').add(bias)
        const known = linear.dataSync()
        values.forEach((value, i) => expect(value).toBeCloseTo(known[i]!, 5))
        expect([...(layer.apply(input) as tf.Tensor).dataSync()]).toEqual([...output.dataSync()])
      }
    },
  )
})
