/**
 * Images that networks of the benchmarks are trained with: MNIST's 10,000 test images, which the repository ships, and
 * CIFAR-10 where a folder has it.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs-node'
import { ROOT } from '../setup/lib/paths.mjs'

const MNIST = path.join(ROOT, 'examples', 'mnist', 'data')
/** Values of an image of CIFAR-10, and its bytes with the label in front. */
const CIFAR_PIXELS = 32 * 32
const CIFAR_RECORD = 1 + 3 * CIFAR_PIXELS

/** @typedef {{ pixels: Float32Array, labels: Uint8Array }} Images values from 0 to 1 of all images, one after the other */

/** @returns {Images} 28 × 28 values each */
export function readMnist() {
  const read = (/** @type {string} */ name) => gunzipSync(readFileSync(path.join(MNIST, name)))
  const pixels = Float32Array.from(read('t10k-images-idx3-ubyte.gz').subarray(16), (pixel) => pixel / 255)
  return { pixels, labels: Uint8Array.from(read('t10k-labels-idx1-ubyte.gz').subarray(8)) }
}

/**
 * Reads CIFAR-10 in its binary format (https://www.cs.toronto.edu/~kriz/cifar.html).
 * @param {string} folder @param {'train' | 'test'} which @returns {Images} 32 × 32 × 3 values each
 */
export function readCifar(folder, which) {
  const names = { train: ['train.bin', 'data_batch_1.bin'], test: ['test.bin', 'test_batch.bin'] }[which]
  const file = names.map((name) => path.join(folder, name)).find((each) => existsSync(each))
  if (!file) throw new Error(`${folder} has none of ${names.join(', ')}.`)
  const records = readFileSync(file)
  const count = Math.floor(records.length / CIFAR_RECORD)
  const pixels = new Float32Array(count * 3 * CIFAR_PIXELS)
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const at = i * CIFAR_RECORD
    labels[i] = records[at] ?? 0
    // The file has a plane for each colour, while a tensor has the colours of each pixel together.
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < CIFAR_PIXELS; p++)
        pixels[(i * CIFAR_PIXELS + p) * 3 + c] = (records[at + 1 + c * CIFAR_PIXELS + p] ?? 0) / 255
  }
  return { pixels, labels }
}

/** @param {Uint8Array} labels */
export function oneHot(labels) {
  return tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), 10).toFloat()
}
