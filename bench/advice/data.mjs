/**
 * Real data for the benchmark of the advice, taken apart into examples that train, decide and report.
 */
import * as tf from '@tensorflow/tfjs-node'
import { oneHot, readCifar, readMnist } from '../images.mjs'
import { shuffled } from './random.mjs'

/** Validation examples that decide, and at most so many others that report. */
const DECIDE = 1000
const REPORT = 3000
/** A row of the table has the pixels of a grid around one pixel, this far apart. */
const GRID = [-4, -2, 0, 2, 4]

/**
 * @typedef {{ xs: tf.Tensor, ys: tf.Tensor }} Examples
 * @typedef {{ train: Examples, decides: Examples, reports: Examples }} Split training examples, and the
 *   validation examples that decide and that report
 */

/** @param {number[]} shape of one image @param {number} count of training examples @returns {Split} */
export function mnist(shape, count) {
  const { pixels, labels } = readMnist()
  const xs = tf.tensor(pixels, [labels.length, ...shape])
  return split(xs, oneHot(labels), count)
}

/** Images as inputs and as targets. @param {number} count @returns {Split} */
export function mnistImages(count) {
  const { pixels, labels } = readMnist()
  const xs = tf.tensor(pixels, [labels.length, 784])
  return split(xs, xs, count)
}

/** Rows of numbers: 24 pixels around a pixel of MNIST, which is to be estimated. @param {number} count @returns {Split} */
export function table(count) {
  const { pixels, labels } = readMnist()
  const [features, targets] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])]
  for (let image = 0; image < labels.length; image++) {
    // One place of each image, another one in each.
    const [row, column] = [9 + (image % 11), 9 + ((image * 7) % 11)]
    for (const y of GRID)
      for (const x of GRID)
        (x === 0 && y === 0 ? targets : features).push(pixels[image * 784 + (row + y) * 28 + column + x] ?? 0)
  }
  const xs = tf.tensor(features, [labels.length, GRID.length ** 2 - 1])
  return split(xs, tf.tensor(targets, [labels.length, 1]), count)
}

/**
 * CIFAR-10; MNIST as images of one colour where no folder has it.
 * @param {string | undefined} folder @param {number} count @returns {Split}
 */
export function cifar(folder, count) {
  if (!folder) return mnist([28, 28, 1], count)
  const files = [readCifar(folder, 'train'), readCifar(folder, 'test')]
  const xs = files.map(({ pixels, labels }) => tf.tensor(pixels, [labels.length, 32, 32, 3]))
  return split(tf.concat(xs), tf.concat(files.map(({ labels }) => oneHot(labels))), count)
}

/**
 * The first examples train. The others are drawn at random, the same ones in each run: MNIST's files have easier images
 * in their second half. More report than decide, so that figures are less noisy.
 * @param {tf.Tensor} xs @param {tf.Tensor} ys @param {number} count of training examples @returns {Split}
 */
function split(xs, ys, count) {
  const of = (/** @type {number[]} */ indices) => {
    const at = tf.tensor1d(indices, 'int32')
    return { xs: tf.gather(xs, at), ys: tf.gather(ys, at) }
  }
  const others = shuffled(xs.shape[0] ?? 0, 1).filter((index) => index >= count)
  return {
    train: of(Array.from({ length: count }, (_, i) => i)),
    decides: of(others.slice(0, DECIDE)),
    reports: of(others.slice(DECIDE, DECIDE + REPORT)),
  }
}
