/**
 * The over-sized networks of the benchmark of the advice. Each can be built with other widths.
 */
import * as tf from '@tensorflow/tfjs-node'
import { cifar, mnist, mnistImages, table } from './data.mjs'

const { layers } = tf
const relu = /** @type {const} */ ('relu')

/**
 * @typedef {(name: string, width: number) => number} WidthOf the width of a layer, which has this one in the wide network
 * @typedef {object} OversizedModel
 * @property {string} title
 * @property {(cifarFolder: string | undefined, count: number) => import('./data.mjs').Split} data
 * @property {(shape: number[], widthOf: WidthOf) => tf.SymbolicTensor[]} build input and output
 * @property {number} epochs of the wide network
 * @property {number} examples training examples
 * @property {'accuracy' | 'R²'} metric
 */

/** @type {Record<string, OversizedModel>} */
export const MODELS = {
  mlp: {
    title: 'MLP 512-512-256',
    data: (_, count) => mnist([784], count),
    build: (shape, widthOf) => classifier(shape, (x) => dense(widthOf, x, ['a', 512], ['b', 512], ['c', 256])),
    epochs: 6,
    examples: 5000,
    metric: 'accuracy',
  },
  table: {
    title: 'tabular 256-256-128',
    data: (_, count) => table(count),
    build: (shape, widthOf) => {
      const input = tf.input({ shape })
      const last = layers.dense({ units: 1, name: 'last' })
      return [input, apply(last, dense(widthOf, input, ['a', 256], ['b', 256], ['c', 128]))]
    },
    epochs: 15,
    examples: 5000,
    metric: 'R²',
  },
  cnn: {
    title: 'CNN 16-32, dense 512-256',
    data: (_, count) => mnist([28, 28, 1], count),
    build: (shape, widthOf) =>
      classifier(shape, (x) => {
        x = pool(conv(widthOf, x, 'a', 16, { padding: 'valid', activation: relu }))
        x = pool(conv(widthOf, x, 'b', 32, { padding: 'valid', activation: relu }))
        return dense(widthOf, apply(layers.flatten(), x), ['c', 512], ['d', 256])
      }),
    epochs: 6,
    examples: 5000,
    metric: 'accuracy',
  },
  vgg: {
    title: 'VGG-like 32-32-64-64-128, dense 256',
    data: cifar,
    build: (shape, widthOf) =>
      vgg(shape, widthOf, (x, name, width) => conv(widthOf, x, name, width, { activation: relu })),
    epochs: 6,
    examples: 3000,
    metric: 'accuracy',
  },
  'vgg-norm': {
    title: 'VGG-like with batch normalisation',
    data: cifar,
    build: (shape, widthOf) =>
      vgg(shape, widthOf, (x, name, width) => normalised(conv(widthOf, x, name, width, { useBias: false }), name)),
    epochs: 5,
    examples: 2500,
    metric: 'accuracy',
  },
  residual: {
    title: 'residual, trunks of 32 and 64',
    data: cifar,
    build: (shape, widthOf) =>
      classifier(shape, (x) => {
        const block = (/** @type {string} */ name, /** @type {number} */ inner, /** @type {number} */ width) => {
          const y = conv(widthOf, x, `${name}1`, inner, { activation: relu })
          x = apply(layers.reLU(), apply(layers.add(), [x, conv(widthOf, y, `${name}2`, width, {})]))
        }
        x = conv(widthOf, x, 'a', 32, { activation: relu, strides: 2 })
        block('b', 32, 32)
        x = conv(widthOf, x, 'c', 64, { activation: relu, strides: 2 })
        block('d', 64, 64)
        return apply(layers.globalAveragePooling2d({}), x)
      }),
    epochs: 8,
    examples: 3000,
    metric: 'accuracy',
  },
  lstm: {
    title: 'LSTM 256-256 on image rows',
    data: (_, count) => mnist([28, 28], count),
    build: (shape, widthOf) =>
      classifier(shape, (x) => {
        x = apply(layers.lstm({ units: widthOf('a', 256), returnSequences: true, name: 'a' }), x)
        return apply(layers.lstm({ units: widthOf('b', 256), name: 'b' }), x)
      }),
    epochs: 5,
    examples: 4000,
    metric: 'accuracy',
  },
  autoencoder: {
    title: 'autoencoder 512-256-64-256-512',
    data: (_, count) => mnistImages(count),
    build: (shape, widthOf) => {
      const input = tf.input({ shape })
      const inner = dense(widthOf, input, ['a', 512], ['b', 256], ['c', 64], ['d', 256], ['e', 512])
      return [input, apply(layers.dense({ units: 784, activation: 'sigmoid', name: 'last' }), inner)]
    },
    epochs: 10,
    examples: 5000,
    metric: 'R²',
  },
}

/**
 * Builds and compiles a model.
 * @param {OversizedModel} description @param {number[]} shape of one example @param {WidthOf} widthOf
 */
export function built({ build, metric }, shape, widthOf) {
  const [input, output] = build(shape, widthOf)
  const model = tf.model({ inputs: /** @type {any} */ (input), outputs: /** @type {any} */ (output) })
  const isClass = metric === 'accuracy'
  model.compile({
    optimizer: tf.train.adam(0.001),
    loss: isClass ? 'categoricalCrossentropy' : 'meanSquaredError',
    metrics: isClass ? ['accuracy'] : [],
  })
  return model
}

/** @param {number[]} shape @param {(x: tf.SymbolicTensor) => tf.SymbolicTensor} inner */
function classifier(shape, inner) {
  const input = tf.input({ shape })
  return [input, apply(layers.dense({ units: 10, activation: 'softmax', name: 'last' }), inner(input))]
}

/**
 * @param {number[]} shape @param {WidthOf} widthOf
 * @param {(x: tf.SymbolicTensor, name: string, width: number) => tf.SymbolicTensor} block
 */
function vgg(shape, widthOf, block) {
  return classifier(shape, (x) => {
    x = pool(block(block(x, 'a', 32), 'b', 32))
    x = pool(block(block(x, 'c', 64), 'd', 64))
    x = pool(block(x, 'e', 128))
    return dense(widthOf, apply(layers.flatten(), x), ['f', 256])
  })
}

/** @param {WidthOf} widthOf @param {tf.SymbolicTensor} x @param {[name: string, width: number][]} sizes */
function dense(widthOf, x, ...sizes) {
  for (const [name, width] of sizes) x = apply(layers.dense({ units: widthOf(name, width), activation: relu, name }), x)
  return x
}

/** @param {WidthOf} widthOf @param {tf.SymbolicTensor} x @param {string} name @param {number} width @param {object} more */
function conv(widthOf, x, name, width, more) {
  return apply(layers.conv2d({ filters: widthOf(name, width), kernelSize: 3, padding: 'same', name, ...more }), x)
}

/** The moving statistics follow within the few steps that these trainings have. @param {tf.SymbolicTensor} x @param {string} name */
function normalised(x, name) {
  return apply(layers.reLU(), apply(layers.batchNormalization({ momentum: 0.9, name: `${name}-norm` }), x))
}

/** @param {tf.SymbolicTensor} x */
function pool(x) {
  return apply(layers.maxPooling2d({ poolSize: 2 }), x)
}

/** @param {tf.layers.Layer} layer @param {tf.SymbolicTensor | tf.SymbolicTensor[]} x */
function apply(layer, x) {
  return /** @type {tf.SymbolicTensor} */ (layer.apply(x))
}
