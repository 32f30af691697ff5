/**
 * Matrices for the eigenvalue benchmark: one without structure, which is the worst case, one of a real layer, and
 * decaying spectra.
 */
import * as tf from '@tensorflow/tfjs-node'

// A URL instead of a module name, so that TypeScript does not check the example, which has no types.
const EXAMPLE = new URL('../../examples/mnist/data.js', import.meta.url).href

/**
 * Covariance of 2n observations of n independent features, whose spectrum hardly decays.
 * @param {number} n
 * @returns {Float64Array} [n × n]
 */
export function independent(n) {
  return covarianceOf(tf.tidy(() => tf.randomNormal([2 * n, n], 0, 1, 'float32', 1)))
}

/**
 * Covariance of the last of three dense ReLU layers of n units, after one epoch on the example's images.
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

/**
 * Decaying spectra without zeros: each function returns the i-th largest of n eigenvalues, with i from 1.
 * @type {Record<string, (i: number, n: number) => number>}
 */
export const DECAYING = {
  'i^-1.5': (i) => i ** -1.5,
  'i^-2': (i) => i ** -2,
  'e^(-32 i / n)': (i, n) => Math.exp((-32 * i) / n),
  'e^(-i / 10) + noise': (i, n) => Math.exp(-i / 10) + 0.02 / n,
  'a tenth of them': (i, n) => (i <= n / 10 ? 1 : 0.01 / n),
}

/**
 * A dense matrix with the given eigenvalues, made from a diagonal one by random reflections.
 * @param {number} n
 * @param {(i: number, n: number) => number} value
 * @returns {Float64Array} [n × n]
 */
export function withSpectrum(n, value) {
  const values = Float64Array.from({ length: n }, (_, i) => value(i + 1, n))
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) matrix[i * n + i] = values[i] ?? 0
  for (const seed of [1, 2, 3]) reflect(matrix, n, normal(n, seed))
  return matrix
}

/**
 * A ← HAH, where the reflection H maps the first unit vector to the direction of g.
 * @param {Float64Array} a @param {number} n @param {Float64Array} g overwritten
 */
function reflect(a, n, g) {
  const norm = Math.hypot(...g)
  for (let i = 0; i < n; i++) g[i] = (i === 0 ? 1 : 0) - Number(g[i]) / norm
  const half = 1 / Math.hypot(...g)
  const v = g.map((x) => x * half * Math.SQRT2)
  const w = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) w[i] = Number(w[i]) + Number(a[i * n + j]) * Number(v[j])
  const k = v.reduce((sum, x, i) => sum + x * Number(w[i]), 0) / 2
  for (let i = 0; i < n; i++) w[i] = Number(w[i]) - k * Number(v[i])
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      a[i * n + j] = Number(a[i * n + j]) - Number(v[i]) * Number(w[j]) - Number(w[i]) * Number(v[j])
}

/** @param {number} n @param {number} seed @returns {Float64Array} */
function normal(n, seed) {
  const numbers = tf.randomNormal([n], 0, 1, 'float32', seed)
  const values = Float64Array.from(numbers.dataSync())
  numbers.dispose()
  return values
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
