/**
 * Proves that tfjs-node works by one real training step on the native library.
 *
 * This script runs in a separate process, because a broken native library may crash the process that loads it. It tests
 * the tfjs-node that scripts in the working directory load, and prints the result as JSON.
 */
import { createRequire } from 'node:module'
import path from 'node:path'
import util from 'node:util'

// tfjs-node 4.22 calls these two functions in nearly every operation, but Node 23 removed them. Our preload script
// restores them in users' runs too.
const legacy = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (util))
legacy.isNullOrUndefined ??= (/** @type {unknown} */ value) => value === null || value === undefined
legacy.isArray ??= Array.isArray

/** @type {typeof import('@tensorflow/tfjs-node')} */
const tf = createRequire(path.resolve('noop.js'))('@tensorflow/tfjs-node')
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 2, kernelSize: 3, activation: 'relu' }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 2, activation: 'softmax' }),
  ],
})
model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' })
const history = await model.fit(tf.randomNormal([4, 8, 8, 1]), tf.oneHot(tf.tensor1d([0, 1, 0, 1], 'int32'), 2), {
  epochs: 1,
  verbose: 0,
})
const loss = Number(history.history.loss?.[0])
if (!Number.isFinite(loss)) throw new Error(`The training step's loss is ${loss}.`)
if (tf.getBackend() !== 'tensorflow') throw new Error(`The backend is ${tf.getBackend()} and not the native one.`)
console.log(JSON.stringify({ loss, backend: tf.getBackend(), version: tf.version.tfjs }))
