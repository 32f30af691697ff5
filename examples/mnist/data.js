import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs-node'

const SIZE = 28
const CLASSES = 10

function read(name) {
  return gunzipSync(readFileSync(new URL(`./data/${name}`, import.meta.url)))
}

// In the IDX format, images have a header of 16 bytes and labels one of 8 bytes.
function slice(from, to) {
  const pixels = read('t10k-images-idx3-ubyte.gz').subarray(16 + from * SIZE * SIZE, 16 + to * SIZE * SIZE)
  const labels = read('t10k-labels-idx1-ubyte.gz').subarray(8 + from, 8 + to)
  return tf.tidy(() => ({
    images: tf.tensor4d(Float32Array.from(pixels), [to - from, SIZE, SIZE, 1]).div(255),
    labels: tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), CLASSES).toFloat(),
  }))
}

/** Loads 8,000 images to train on and 2,000 to test with. */
export function loadMnist() {
  return { train: slice(0, 8000), test: slice(8000, 10000) }
}
