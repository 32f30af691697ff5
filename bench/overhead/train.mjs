/**
 * One training of the benchmark, with or without the monitor: `node bench/overhead/train.mjs MODEL STEPS`.
 * Prints one line of JSON: wall-clock and processor time of the timed steps, and memory.
 */
import * as tf from '@tensorflow/tfjs-node'
import { MODELS } from '../models.mjs'

const [name = '', steps = '0'] = process.argv.slice(2)
const model = MODELS[/** @type {keyof typeof MODELS} */ (name)]
if (!model) throw new Error(`There is no model ${name}; there are ${Object.keys(MODELS).join(', ')}.`)

const network = model.build()
const { xs, ys } = model.data(Number(steps))
const { batch } = model
const fit = (/** @type {number} */ count, /** @type {boolean} */ validate) =>
  network.fit(xs.slice(0, count * batch), ys.slice(0, count * batch), {
    epochs: 1,
    batchSize: batch,
    verbose: 0,
    shuffle: false,
    ...(validate ? { validationData: [xs.slice(0, batch), ys.slice(0, batch)] } : {}),
  })

// The first steps allocate and compile, so timing starts after them.
await fit(Math.min(5, Number(steps)), false)
const memory = process.memoryUsage().rss
const cpu = process.cpuUsage()
const began = performance.now()
await fit(Number(steps), true)
const ms = performance.now() - began
const { user, system } = process.cpuUsage(cpu)
const { rss } = process.memoryUsage()
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rssAtStart: memory, rss, data: model.source }))
tf.disposeVariables()
