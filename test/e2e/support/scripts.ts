/** Training scripts that tests put beside the example. */

const HEAD = `import * as tf from '@tensorflow/tfjs-node'\n`
const FIT = `model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
const x = tf.randomNormal([512, 16])
const y = tf.randomNormal([512, 4])
`

/**
 * Trains until it is stopped, and writes the number of the last epoch into a file beside it that ends with `.epochs`. One
 * line creates three of its layers. It pauses after each epoch to leave the processor to the workbench.
 */
export const ENDLESS = `${HEAD}import { writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [16] })] })
for (const units of [64, 48, 32]) model.add(tf.layers.dense({ units, activation: 'relu' }))
model.add(tf.layers.dense({ units: 24, name: 'waist' }))
model.add(tf.layers.dense({ units: 4, name: 'head' }))
${FIT}
console.log('\\x1b[32mgreen\\x1b[0m', process.stdout.isTTY ? 'on a terminal' : 'into a pipe')
const onEpochEnd = async (epoch) => {
  writeFileSync(new URL(import.meta.url.replace(/js$/, 'epochs')), String(epoch))
  await setTimeout(50)
}
await model.fit(x, y, { epochs: 100_000, batchSize: 64, verbose: 0, callbacks: { onEpochEnd } })
`

export const THROWS = `${HEAD}
const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [16], name: 'only' })] })
${FIT}
await model.fit(x, y, { epochs: 1, verbose: 0 })
throw new RangeError('the second data set is missing')
`

/**
 * Has NaN from the second layer on, because that computes the logarithm of negative numbers. It trains one step only:
 * after that all weights are NaN.
 */
export const NOT_A_NUMBER = `${HEAD}
class Log extends tf.layers.Layer {
  static className = 'Log'
  call([input]) {
    return tf.log(input)
  }
}
tf.serialization.registerClass(Log)
const model = tf.sequential()
model.add(tf.layers.dense({ units: 8, inputShape: [16], name: 'sound' }))
model.add(new Log({ name: 'log' }))
model.add(tf.layers.dense({ units: 4, name: 'broken' }))
${FIT}
await model.fit(x, y, { epochs: 1, batchSize: 512, verbose: 0 })
console.log('went on to the end')
`

export const NOT_JAVASCRIPT = `${HEAD}
const model = tf.sequential(
await model.fit()
`

export const NEVER_TRAINS = `${HEAD}
const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [16] })] })
console.log(model.predict(tf.zeros([1, 16])).shape)
`

/** Trains two layers for a moment, and prints a line at the end. */
export const BRIEF = `${HEAD}
const model = tf.sequential()
model.add(tf.layers.dense({ units: 12, inputShape: [16], name: 'inner' }))
model.add(tf.layers.dense({ units: 4, name: 'outer' }))
${FIT}
await model.fit(x, y, { epochs: 3, batchSize: 64, verbose: 0 })
console.log('trained', ...process.argv.slice(2))
`

/** Has a custom layer, whose `call` runs in every training step. */
export const OWN_LAYER = `${HEAD}
class Twice extends tf.layers.Layer {
  static className = 'Twice'
  call([input]) {
    const doubled = tf.mul(input, 2)
    return doubled
  }
}
tf.serialization.registerClass(Twice)
const model = tf.sequential()
model.add(tf.layers.dense({ units: 12, inputShape: [16], name: 'inner' }))
model.add(new Twice({ name: 'twice' }))
model.add(tf.layers.dense({ units: 4, name: 'outer' }))
${FIT}
await model.fit(x, y, { epochs: 3, batchSize: 64, verbose: 0 })
console.log('trained', process.env.SATURATION_RUN)
`

/** Starts a training for each number of units at the same time, each in a separate process. */
export const search = (...units: number[]) => `import { fork } from 'node:child_process'

for (const units of [${units.join(', ')}]) fork(new URL('trial.js', import.meta.url), [units])
`

/**
 * One training of the search. Its argument is the number of units. It trains until a file named `stop` exists, and
 * pauses after each epoch to leave the processor to the workbench.
 */
export const TRIAL = `${HEAD}import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

const model = tf.sequential()
model.add(tf.layers.dense({ units: Number(process.argv[2]), inputShape: [16], name: 'inner' }))
model.add(tf.layers.dense({ units: 4, name: 'outer' }))
${FIT}
const stop = new URL('stop', import.meta.url)
const onEpochEnd = async () => {
  await setTimeout(50)
  model.stopTraining = existsSync(stop)
}
await model.fit(x, y, { epochs: 100_000, batchSize: 64, verbose: 0, callbacks: { onEpochEnd } })
`

/** Trains in a child process, and keeps running after the child has ended, until a file named `enough` exists. */
export const LINGERING = `import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'

fork(new URL('brief.js', import.meta.url))
const waiting = setInterval(() => existsSync(new URL('enough', import.meta.url)) && clearInterval(waiting), 50)
`

/** Has more layers than digits need: the last of them are a tail. It takes images, and evaluates after each epoch. */
export const DEEP = `${HEAD}import { loadMnist } from './data.js'

const { train, test } = loadMnist()
const model = tf.sequential()
const conv = { kernelSize: 3, strides: 2, activation: 'relu' }
model.add(tf.layers.conv2d({ ...conv, name: 'conv1', filters: 8, inputShape: [28, 28, 1] }))
model.add(tf.layers.conv2d({ ...conv, name: 'conv2', filters: 16 }))
model.add(tf.layers.flatten())
for (let n = 1; n <= 7; n++) model.add(tf.layers.dense({ name: 'dense' + n, units: 96, activation: 'relu' }))
model.add(tf.layers.dense({ name: 'digit', units: 10, activation: 'softmax' }))
model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
const validationData = [test.images, test.labels]
await model.fit(train.images, train.labels, { epochs: 3, batchSize: 64, verbose: 0, validationData })
`
