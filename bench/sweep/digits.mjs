// Trains a network of seven convolutions on the MNIST images that the example ships. For the experiment of docs/sweeps.md:
// node dist/saturation.cjs sweep --list bench/sweep/ratio.txt --seeds 3 bench/sweep/digits.mjs
import * as tf from '@tensorflow/tfjs-node'
import { loadMnist } from '../../examples/mnist/data.js'

const TRAINED = 1500
const TESTED = 500

const { train, test } = loadMnist()
const conv = (name, filters, more = {}) =>
  tf.layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', activation: 'relu', ...more })
const model = tf.sequential({
  layers: [
    conv('conv1', 8, { inputShape: [28, 28, 1] }),
    conv('conv2', 8),
    tf.layers.maxPooling2d({ name: 'pool1', poolSize: 2 }),
    conv('conv3', 16),
    conv('conv4', 16),
    tf.layers.maxPooling2d({ name: 'pool2', poolSize: 2 }),
    conv('conv5', 24),
    conv('conv6', 24),
    conv('conv7', 24),
    tf.layers.globalAveragePooling2d({ name: 'mean', dataFormat: 'channelsLast' }),
    tf.layers.dense({ name: 'out', units: 10, activation: 'softmax' }),
  ],
})
model.compile({ optimizer: tf.train.adam(0.002), loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
const part = (tensor, count) => tensor.slice(0, count)
await model.fit(part(train.images, TRAINED), part(train.labels, TRAINED), {
  epochs: Number(process.argv[2] ?? 5),
  batchSize: 32,
  validationData: [part(test.images, TESTED), part(test.labels, TESTED)],
  verbose: 0,
})
