import * as tf from '@tensorflow/tfjs'
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm'
import { beforeAll, describe, expect, it } from 'vitest'
import { completeWasm } from '../../../src/instrumentation/backend/completeWasm.ts'

let registered: string[]
beforeAll(async () => {
  setThreadsCount(1)
  registered = completeWasm()
  await tf.setBackend('wasm')
})

/**
 * Gradients of Σ (f(xs) · weights) with respect to each input, as pairs of [wasm, cpu]. The weights differ for all
 * elements of the result.
 */
async function bothGradients(
  shapes: number[][],
  f: (...xs: tf.Tensor[]) => tf.Tensor,
): Promise<[number[], number[]][]> {
  const values = shapes.map((shape, i) => {
    const size = shape.reduce((a, b) => a * b, 1)
    return Float32Array.from({ length: size }, (_, n) => Math.sin(12.9898 * (n + 1) * (i + 1)))
  })
  const on = async (backend: string): Promise<number[][]> => {
    await tf.setBackend(backend)
    return tf.tidy(() => {
      const xs = values.map((value, i) => tf.tensor(value, shapes[i]))
      const weighted = (...inputs: tf.Tensor[]): tf.Scalar => {
        const y = f(...inputs)
        const weights = tf.tensor(
          Float32Array.from({ length: y.size }, (_, n) => Math.cos(0.7 * n)),
          y.shape,
        )
        return y.mul(weights).sum()
      }
      return tf
        .grads(weighted)(xs)
        .map((gradient) => Array.from(gradient.dataSync()))
    })
  }
  const [wasm, cpu] = [await on('wasm'), await on('cpu')]
  return wasm.map((gradient, i) => [gradient, cpu[i]!])
}

function expectClose([wasm, cpu]: [number[], number[]]): void {
  const scale = Math.max(1, ...cpu.map(Math.abs))
  expect(cpu.some((value) => value !== 0)).toBe(true)
  wasm.forEach((value, i) => expect(Math.abs(value - cpu[i]!) / scale).toBeLessThan(1e-3))
}

type Image = tf.Tensor4D
const same = [1, 2] as const

describe('gradients on the wasm backend agree with the cpu backend', () => {
  it('all of them are registered', () => {
    expect(registered.sort()).toEqual([
      'Conv2DBackpropFilter',
      'Conv3DBackpropInputV2',
      'DepthwiseConv2dNativeBackpropFilter',
      'DepthwiseConv2dNativeBackpropInput',
      'MaxPoolGrad',
      'ResizeBilinearGrad',
      'ResizeNearestNeighborGrad',
      'UnsortedSegmentSum',
    ])
  })

  it.each([
    [3, 'valid', 1],
    [3, 'same', 1],
    [3, 'same', 2],
    [3, 'valid', 2],
    [2, 'valid', 3],
    [5, 'same', 2],
    [1, 'valid', 2],
  ] as const)('conv2d of kernel %d, %s, stride %d', async (kernel, pad, stride) => {
    const shapes = [
      [3, 9, 8, 2],
      [kernel, kernel, 2, 4],
    ]
    const pairs = await bothGradients(shapes, (x, w) => tf.conv2d(x as Image, w as Image, stride, pad))
    pairs.forEach(expectClose)
  })

  it.each([
    ['same', 1],
    ['same', 2],
    ['valid', 2],
  ] as const)('depthwise convolution, %s, stride %d', async (pad, stride) => {
    const shapes = [
      [2, 8, 9, 3],
      [3, 3, 3, 2],
    ]
    const f = (x: tf.Tensor, w: tf.Tensor) => tf.depthwiseConv2d(x as Image, w as Image, stride, pad)
    ;(await bothGradients(shapes, f)).forEach(expectClose)
  })

  it.each([
    [2, 2, 'valid'],
    [3, 2, 'same'],
    [3, 1, 'same'],
    [2, 3, 'valid'],
  ] as const)('max pooling of %d, stride %d, %s', async (size, stride, pad) => {
    ;(await bothGradients([[2, 9, 7, 3]], (x) => tf.maxPool(x as Image, size, stride, pad))).forEach(expectClose)
  })

  it('look-ups, including rows that occur more than once', async () => {
    const ids = tf.tensor1d([3, 0, 3, 1], 'int32').arraySync()
    ;(await bothGradients([[5, 4]], (x) => tf.gather(x, tf.tensor1d(ids, 'int32')))).forEach(expectClose)
    ;(await bothGradients([[4, 5]], (x) => tf.gather(x, tf.tensor1d(ids, 'int32'), 1))).forEach(expectClose)
  })

  it.each(same.map((stride) => [stride]))('transposed and separable convolution, stride %d', async (stride) => {
    const transposed = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2dTranspose(x as Image, w as Image, [2, 6 * stride, 5 * stride, 3], stride, 'same')
    ;(
      await bothGradients(
        [
          [2, 6, 5, 4],
          [3, 3, 3, 4],
        ],
        transposed,
      )
    ).forEach(expectClose)
    const separable = (x: tf.Tensor, d: tf.Tensor, p: tf.Tensor) =>
      tf.separableConv2d(x as Image, d as Image, p as Image, stride, 'same')
    ;(
      await bothGradients(
        [
          [2, 6, 5, 3],
          [3, 3, 3, 2],
          [1, 1, 6, 4],
        ],
        separable,
      )
    ).forEach(expectClose)
  })

  it('the other ops of layers', async () => {
    const kinds: [string, number[][], (...xs: tf.Tensor[]) => tf.Tensor][] = [
      ['average pooling', [[2, 8, 8, 3]], (x) => tf.avgPool(x as Image, 2, 2, 'valid')],
      [
        'conv3d',
        [
          [2, 4, 5, 5, 2],
          [2, 2, 2, 2, 3],
        ],
        (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'),
      ],
      [
        'dense',
        [
          [6, 5],
          [5, 4],
        ],
        (x, w) => tf.relu(tf.matMul(x, w)),
      ],
      ['softmax', [[6, 5]], (x) => tf.softmax(x)],
      ['log-softmax', [[6, 5]], (x) => tf.logSoftmax(x)],
      ['elu', [[6, 5]], (x) => tf.elu(x)],
      ['selu', [[6, 5]], (x) => tf.selu(x)],
      ['tanh and sigmoid', [[6, 5]], (x) => tf.tanh(x).mul(tf.sigmoid(x))],
      ['bilinear resizing', [[2, 4, 4, 3]], (x) => tf.image.resizeBilinear(x as Image, [8, 8])],
      [
        'normalisation',
        [[6, 5], [5], [5], [5], [5]],
        (x, mean, variance, offset, scale) =>
          tf.batchNorm(x, mean, tf.abs(variance as tf.Tensor1D).add(1), offset, scale),
      ],
      ['global maximum', [[2, 4, 4, 3]], (x) => tf.max(x, [1, 2])],
      [
        'concatenation and slices',
        [
          [6, 5],
          [6, 3],
        ],
        (x, y) => tf.slice(tf.concat([x, y], 1), [0, 3], [6, 4]),
      ],
    ]
    for (const [name, shapes, f] of kinds) {
      for (const pair of await bothGradients(shapes, f)) expect(() => expectClose(pair), name).not.toThrow()
    }
  })
})

it('the gradient of upsampling is the sum over the copies of each element', async () => {
  // The expected values are summed here, because the cpu backend's kernel (version 4.22) misses some of the copies.
  await tf.setBackend('wasm')
  const weights = Float32Array.from({ length: 64 }, (_, n) => Math.cos(0.7 * n))
  const upsampled = (x: tf.Tensor) =>
    tf.image.resizeNearestNeighbor(x as Image, [8, 8]).mul(tf.tensor(weights, [1, 8, 8, 1]))
  const gradient = tf
    .grad((x) => upsampled(x).sum())(tf.ones([1, 4, 4, 1]))
    .dataSync()
  const expected = new Float32Array(16)
  weights.forEach((weight, n) => (expected[(n >> 4) * 4 + ((n & 7) >> 1)]! += weight))
  gradient.forEach((value, n) => expect(value).toBeCloseTo(expected[n]!, 5))
})

it('a convolutional network learns on wasm as it does on cpu, and leaks no tensor', async () => {
  const losses = async (backend: string): Promise<number[]> => {
    await tf.setBackend(backend)
    const seed = (n: number) => tf.initializers.glorotUniform({ seed: n })
    const model = tf.sequential()
    model.add(
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: seed(1),
      }),
    )
    model.add(tf.layers.maxPooling2d({ poolSize: 2 }))
    model.add(tf.layers.flatten())
    model.add(tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: seed(2) }))
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' })
    const x = tf.tensor4d(
      Float32Array.from({ length: 16 * 64 }, (_, n) => Math.sin(n * 0.37)),
      [16, 8, 8, 1],
    )
    const y = tf.oneHot(
      tf.tensor1d(
        Array.from({ length: 16 }, (_, n) => n % 2),
        'int32',
      ),
      2,
    )
    const values: number[] = []
    let tensors = 0
    for (let step = 0; step < 12; step++) {
      values.push(Number(await model.trainOnBatch(x, y)))
      if (step === 2) tensors = tf.memory().numTensors
    }
    expect(tf.memory().numTensors).toBe(tensors)
    return values
  }
  const [wasm, cpu] = [await losses('wasm'), await losses('cpu')]
  wasm.forEach((loss, i) => expect(Math.abs(loss - cpu[i]!)).toBeLessThan(1e-3))
  expect(wasm.at(-1)!).toBeLessThan(wasm[0]!)
})
