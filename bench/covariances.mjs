/**
 * Matrices to solve: one without structure, which is the worst case, and one of a real layer.
 */
import * as tf from '@tensorflow/tfjs-node'

// An address, since examples are for users: their files have no types that could be checked.
const EXAMPLE = new URL('../examples/mnist/data.js', import.meta.url).href

/**
 * Covariance of 2n observations of n independent features: its spectrum hardly decays.
 * @param {number} n
 * @returns {Float64Array} [n × n]
 */
export function independent(n) {
  return covarianceOf(tf.tidy(() => tf.randomNormal([2 * n, n], 0, 1, 'float32', 1)))
}

/**
 * Covariance of the third of three rectified dense layers of n units, after one epoch on the example's images.
 * @param {number} n
 * @returns {Promise<Float64Array>} [n × n]
 */
export async function activations(n) {
  const { loadMnist } = await import(EXAMPLE)
  const { train, test } = loadMnist()
  const images = /** @type {tf.Tensor2D} */ (train.images.reshape([train.images.shape[0], -1]))
  const model = tf.sequential()
  for (let i = 0; i < 3; i++) {
    const inputShape = i === 0 ? { inputShape: [images.shape[1]] } : {}
    model.add(tf.layers.dense({ units: n, activation: 'relu', ...inputShape }))
  }
  const third = tf.model({
    inputs: model.inputs,
    outputs: /** @type {tf.SymbolicTensor} */ (model.layers.at(-1)?.output),
  })
  model.add(tf.layers.dense({ units: 10, activation: 'softmax' }))
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' })
  await model.fit(images, train.labels, { epochs: 1, batchSize: 128, verbose: 0 })
  const features = /** @type {tf.Tensor2D} */ (third.predict(images))
  const covariance = covarianceOf(features)
  tf.dispose([images, train, test])
  model.dispose()
  return covariance
}

/** @param {tf.Tensor2D} features @returns {Float64Array} */
function covarianceOf(features) {
  const products = tf.tidy(() => {
    const deviations = features.sub(features.mean(0))
    return deviations.matMul(deviations, true, false).div(features.shape[0])
  })
  features.dispose()
  const covariance = Float64Array.from(products.dataSync())
  products.dispose()
  return covariance
}
