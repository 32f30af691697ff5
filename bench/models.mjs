/**
 * The models that are trained by the benchmark, with real data where available.
 */
import * as tf from '@tensorflow/tfjs-node'
import { oneHot, readCifar, readMnist } from './images.mjs'

/**
 * Folder of CIFAR-10's binary version (https://www.cs.toronto.edu/~kriz/cifar.html), which is not part of this
 * repository.
 */
const CIFAR = process.env.SATURATION_CIFAR

const { layers } = tf
const relu = /** @type {const} */ ('relu')

/**
 * @typedef {object} Benchmark
 * @property {string} title
 * @property {string} source of the data
 * @property {number} batch examples per step
 * @property {() => tf.Sequential} build
 * @property {(steps: number) => { xs: tf.Tensor, ys: tf.Tensor }} data returns at least batch × steps examples
 */

/** @type {Record<'small' | 'vgg' | 'lstm' | 'mlp', Benchmark>} */
export const MODELS = {
  small: {
    title: 'small CNN: conv16-pool-conv32-pool-dense128-dense10',
    source: 'MNIST',
    batch: 64,
    build: () =>
      compile([
        layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3, activation: relu }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.conv2d({ filters: 32, kernelSize: 3, activation: relu }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 128, activation: relu }),
        layers.dense({ units: 10, activation: 'softmax' }),
      ]),
    data: (steps) => mnist(64 * steps, [28, 28, 1]),
  },
  vgg: {
    title: 'VGG-like: conv 64-64-128-128-256-256 on 32×32×3',
    source: CIFAR ? 'CIFAR-10' : 'made-up textures (SATURATION_CIFAR names no folder)',
    batch: 32,
    build: () => {
      const conv = (/** @type {number} */ filters, /** @type {number[] | undefined} */ inputShape) =>
        layers.conv2d({
          ...(inputShape ? { inputShape } : {}),
          filters,
          kernelSize: 3,
          padding: 'same',
          activation: relu,
        })
      return compile([
        conv(64, [32, 32, 3]),
        conv(64, undefined),
        layers.maxPooling2d({ poolSize: 2 }),
        conv(128, undefined),
        conv(128, undefined),
        layers.maxPooling2d({ poolSize: 2 }),
        conv(256, undefined),
        conv(256, undefined),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 10, activation: 'softmax' }),
      ])
    },
    data: (steps) => (CIFAR ? repeated(readCifar(CIFAR, 'train'), [32, 32, 3], 32 * steps) : textures(32 * steps)),
  },
  lstm: {
    title: 'LSTM 128 over 28 rows of 28 pixels',
    source: 'MNIST',
    batch: 64,
    build: () =>
      compile([layers.lstm({ inputShape: [28, 28], units: 128 }), layers.dense({ units: 10, activation: 'softmax' })]),
    data: (steps) => mnist(64 * steps, [28, 28]),
  },
  mlp: {
    title: 'MLP of 12 layers, width 1,024',
    source: 'MNIST',
    batch: 64,
    build: () =>
      compile([
        layers.dense({ inputShape: [784], units: 1024, activation: relu }),
        ...Array.from({ length: 11 }, () => layers.dense({ units: 1024, activation: relu })),
        layers.dense({ units: 10, activation: 'softmax' }),
      ]),
    data: (steps) => mnist(64 * steps, [784]),
  },
}

/** @param {tf.layers.Layer[]} stack */
function compile(stack) {
  const model = tf.sequential({ layers: stack })
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy' })
  return model
}

/** @param {number} count examples, repeated if the data has fewer @param {number[]} shape of one example */
function mnist(count, shape) {
  return repeated(readMnist(), shape, count)
}

/**
 * Waves in one of ten directions, which is the class, plus noise. Unlike plain noise they can be learned and have few
 * principal components.
 * @param {number} count
 */
function textures(count) {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10)
  const values = new Float32Array(count * 3072)
  for (let i = 0; i < count; i++) {
    const angle = ((labels[i] ?? 0) * Math.PI) / 10
    const phase = Math.random() * 6.28
    for (let p = 0; p < 1024; p++) {
      const wave = Math.sin((Math.cos(angle) * (p % 32) + Math.sin(angle) * (p >> 5)) / 2 + phase)
      for (let c = 0; c < 3; c++) values[(i * 1024 + p) * 3 + c] = wave * (0.5 + c / 4) + Math.random() * 0.2
    }
  }
  return { xs: tf.tensor(values, [count, 32, 32, 3]), ys: oneHot(labels) }
}

/**
 * The first images, all of them again and again if there are fewer.
 * @param {import('./images.mjs').Images} images @param {number[]} shape of one @param {number} count
 */
function repeated({ pixels, labels }, shape, count) {
  const size = pixels.length / labels.length
  const values = new Float32Array(count * size)
  for (let i = 0; i < count; i += labels.length)
    values.set(pixels.subarray(0, Math.min(labels.length, count - i) * size), i * size)
  const classes = Uint8Array.from({ length: count }, (_, i) => labels[i % labels.length] ?? 0)
  return { xs: tf.tensor(values, [count, ...shape]), ys: oneHot(classes) }
}
