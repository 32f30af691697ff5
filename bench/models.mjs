/**
 * The models that are trained by the benchmark, with real data where available.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs-node'
import { ROOT } from '../setup/lib/paths.mjs'

const MNIST = path.join(ROOT, 'examples', 'mnist', 'data')
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
    data: (steps) => (CIFAR ? cifar(CIFAR, 32 * steps) : textures(32 * steps)),
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

/** @param {Uint8Array} labels */
function oneHot(labels) {
  return tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), 10).toFloat()
}

/** @param {number} count examples, repeated if the data has fewer @param {number[]} shape of one example */
function mnist(count, shape) {
  const read = (/** @type {string} */ name) => gunzipSync(readFileSync(path.join(MNIST, name)))
  const pixels = repeated(read('t10k-images-idx3-ubyte.gz').subarray(16), 784, count)
  const labels = repeated(read('t10k-labels-idx1-ubyte.gz').subarray(8), 1, count)
  return {
    xs: tf.tensor(
      Float32Array.from(pixels, (p) => p / 255),
      [count, ...shape],
    ),
    ys: oneHot(labels),
  }
}

/** @param {string} folder @param {number} count */
function cifar(folder, count) {
  const file = ['train.bin', 'data_batch_1.bin'].map((name) => path.join(folder, name)).find((name) => existsSync(name))
  if (!file) throw new Error(`${folder} holds no train.bin or data_batch_1.bin in CIFAR-10's binary format.`)
  const records = repeated(readFileSync(file), 3073, count)
  const values = new Float32Array(count * 3072)
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    labels[i] = records[i * 3073] ?? 0
    // The file has a plane for each colour, while a tensor has the colours of each pixel together.
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < 1024; p++) values[(i * 1024 + p) * 3 + c] = (records[i * 3073 + 1 + c * 1024 + p] ?? 0) / 255
  }
  return { xs: tf.tensor(values, [count, 32, 32, 3]), ys: oneHot(labels) }
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
 * Repeats records up to a number.
 * @param {Uint8Array} bytes
 * @param {number} size bytes of a record
 * @param {number} count
 */
function repeated(bytes, size, count) {
  const available = Math.floor(bytes.length / size)
  const result = new Uint8Array(count * size)
  for (let i = 0; i < count; i += available)
    result.set(bytes.subarray(0, Math.min(available, count - i) * size), i * size)
  return result
}
