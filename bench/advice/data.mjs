/**
 * Real data for the benchmark of the advice: MNIST's 10,000 test images, which the repository ships, and CIFAR-10 where
 * a folder has it.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs-node'
import { ROOT } from '../../setup/lib/paths.mjs'

/** Images of MNIST that train; the others are for validation. */
const MNIST_TRAIN = 8000
/** A row of the table has the pixels of a grid around one pixel, this far apart. */
const GRID = [-4, -2, 0, 2, 4]

/**
 * @typedef {{ xs: tf.Tensor, ys: tf.Tensor }} Examples
 * @typedef {{ train: Examples, decides: Examples, reports: Examples }} Split training examples, and the two halves of the
 *   validation examples
 */

/** @param {number[]} shape of one image @param {number} count of training examples at most @returns {Split} */
export function mnist(shape, count) {
  const { images, labels } = readMnist()
  const xs = tf.tensor(images, [labels.length, ...shape])
  return split(xs, oneHot(labels), count, MNIST_TRAIN)
}

/** Images as inputs and as targets. @param {number} count @returns {Split} */
export function mnistImages(count) {
  const { images, labels } = readMnist()
  const xs = tf.tensor(images, [labels.length, 784])
  return split(xs, xs, count, MNIST_TRAIN)
}

/** Rows of numbers: 24 pixels around a pixel of MNIST, which is to be estimated. @param {number} count @returns {Split} */
export function table(count) {
  const { images, labels } = readMnist()
  const [features, targets] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])]
  for (let image = 0; image < labels.length; image++) {
    // One place of each image, another one in each.
    const [row, column] = [9 + (image % 11), 9 + ((image * 7) % 11)]
    for (const y of GRID)
      for (const x of GRID)
        (x === 0 && y === 0 ? targets : features).push(images[image * 784 + (row + y) * 28 + column + x] ?? 0)
  }
  const xs = tf.tensor(features, [labels.length, GRID.length ** 2 - 1])
  return split(xs, tf.tensor(targets, [labels.length, 1]), count, MNIST_TRAIN)
}

/**
 * CIFAR-10 from its binary format (https://www.cs.toronto.edu/~kriz/cifar.html); MNIST as images of one colour where no
 * folder has it.
 * @param {string | undefined} folder @param {number} count @returns {Split}
 */
export function cifar(folder, count) {
  if (!folder) return mnist([28, 28, 1], count)
  const [train, test] = [
    readCifar(folder, ['train.bin', 'data_batch_1.bin']),
    readCifar(folder, ['test.bin', 'test_batch.bin']),
  ]
  const [all, labels] = [tf.concat([train.xs, test.xs]), tf.concat([train.ys, test.ys])]
  return split(all, labels, count, train.xs.shape[0] ?? 0)
}

/** @param {string} folder @param {string[]} names */
function readCifar(folder, names) {
  const file = names.map((name) => path.join(folder, name)).find((each) => existsSync(each))
  if (!file) throw new Error(`${folder} has none of ${names.join(', ')}.`)
  const records = readFileSync(file)
  const count = Math.floor(records.length / 3073)
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

function readMnist() {
  const read = (/** @type {string} */ name) =>
    gunzipSync(readFileSync(path.join(ROOT, 'examples', 'mnist', 'data', name)))
  const images = Float32Array.from(read('t10k-images-idx3-ubyte.gz').subarray(16), (pixel) => pixel / 255)
  return { images, labels: Uint8Array.from(read('t10k-labels-idx1-ubyte.gz').subarray(8)) }
}

/** @param {Uint8Array} labels */
function oneHot(labels) {
  return tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), 10).toFloat()
}

/**
 * The first examples train, and every second of the others decides. MNIST's files have easier images in their second
 * half, so the validation images are taken in turns.
 * @param {tf.Tensor} xs @param {tf.Tensor} ys @param {number} count @param {number} train @returns {Split}
 */
function split(xs, ys, count, train) {
  const total = xs.shape[0] ?? 0
  const of = (/** @type {number[]} */ indices) => {
    const at = tf.tensor1d(indices, 'int32')
    return { xs: tf.gather(xs, at), ys: tf.gather(ys, at) }
  }
  const range = (/** @type {number} */ from, /** @type {number} */ to, step = 1) =>
    Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step)
  return {
    train: of(range(0, Math.min(count, train))),
    decides: of(range(train, total, 2)),
    reports: of(range(train + 1, total, 2)),
  }
}
