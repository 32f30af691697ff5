/**
 * A search over many small models in one process, with or without the monitor: `node bench/overhead/search.mjs MODELS`.
 * Prints one line of JSON, as `train.mjs` does. Plain JavaScript computes it: the models are so small that what is done
 * for each of them counts, and not what a backend computes.
 */
import * as tf from '@tensorflow/tfjs'

const models = Number(process.argv[2] ?? 0)
const { layers } = tf
const xs = tf.randomNormal([64, 8], 0, 1, 'float32', 1)
const ys = tf.randomNormal([64, 1], 0, 1, 'float32', 2)

/** @param {number} units */
async function tryModel(units) {
  const model = tf.sequential({
    layers: [
      layers.dense({ inputShape: [8], units, activation: 'relu' }),
      layers.dense({ units: 8, activation: 'relu' }),
      layers.dense({ units: 1 }),
    ],
  })
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  await model.fit(xs, ys, { epochs: 2, batchSize: 16, verbose: 0 })
  model.dispose()
}

// The first models are compiled, so timing starts after them.
for (let i = 0; i < 20; i++) await tryModel(8)
const memory = process.memoryUsage().rss
const cpu = process.cpuUsage()
const began = performance.now()
for (let i = 0; i < models; i++) await tryModel(8 + (i % 64))
const ms = performance.now() - began
const { user, system } = process.cpuUsage(cpu)
const { rss } = process.memoryUsage()
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rssAtStart: memory, rss, data: 'random numbers' }))
