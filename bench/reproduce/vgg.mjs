/**
 * The training script of the reproduction: a VGG with batch normalisation and a quarter of the paper's filters, on CIFAR-10
 * or MNIST. It knows nothing of saturation; what an experiment varies is overridden from outside.
 *
 *   node bench/reproduce/vgg.mjs --depth 13 --epochs 8 --examples 3000 [--cifar FOLDER]
 */
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs-node'
import { oneHot, readCifar, readMnist } from '../images.mjs'

/** Filters of the convolutions in the paper's configurations, divided by 4; `pool` halves the image. */
const CONFIGURATIONS = {
  13: [16, 16, 'pool', 32, 32, 'pool', 64, 64, 'pool', 128, 128, 'pool', 128, 128, 'pool'],
  16: [16, 16, 'pool', 32, 32, 'pool', 64, 64, 64, 'pool', 128, 128, 128, 'pool', 128, 128, 128, 'pool'],
}

const { values } = parseArgs({
  options: {
    depth: { type: 'string', default: '13' },
    epochs: { type: 'string', default: '8' },
    examples: { type: 'string', default: '3000' },
    validation: { type: 'string', default: '2000' },
    cifar: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
const seed = Number(values.seed)
const configuration = CONFIGURATIONS[/** @type {keyof typeof CONFIGURATIONS} */ (Number(values.depth))]
if (!configuration)
  throw new Error(`There is no depth ${values.depth}; there are ${Object.keys(CONFIGURATIONS).join(', ')}.`)

const { train, test, shape } = values.cifar ? cifar(values.cifar) : mnist()
const model = tf.sequential()
let convolutions = 0
for (const filters of configuration) {
  if (typeof filters === 'string') {
    // Maps of one pixel are left as they are, so that small images have all layers, too.
    model.add(tf.layers.maxPooling2d({ poolSize: 2, padding: 'same' }))
    continue
  }
  const name = `conv${++convolutions}`
  const input = convolutions === 1 ? { inputShape: shape } : {}
  const kernelInitializer = tf.initializers.heNormal({ seed: seed + convolutions })
  model.add(
    tf.layers.conv2d({ ...input, name, filters, kernelSize: 3, padding: 'same', useBias: false, kernelInitializer }),
  )
  model.add(tf.layers.batchNormalization({ momentum: 0.9 }))
  model.add(tf.layers.reLU())
}
model.add(tf.layers.globalAveragePooling2d({}))
model.add(
  tf.layers.dense({
    name: 'classes',
    units: 10,
    activation: 'softmax',
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  }),
)
model.compile({ optimizer: tf.train.adam(0.002), loss: 'categoricalCrossentropy', metrics: ['accuracy'] })

await model.fit(train.xs, train.ys, {
  epochs: Number(values.epochs),
  batchSize: 64,
  validationData: [test.xs, test.ys],
  verbose: 0,
})

/** @param {string} folder */
function cifar(folder) {
  const shape = [32, 32, 3]
  const part = (/** @type {'train' | 'test'} */ which, /** @type {number} */ count) => {
    const { pixels, labels } = readCifar(folder, which)
    const xs = tf.tensor(pixels.subarray(0, count * 3072), [Math.min(count, labels.length), ...shape])
    return { xs, ys: oneHot(labels.subarray(0, count)) }
  }
  return { train: part('train', Number(values.examples)), test: part('test', Number(values.validation)), shape }
}

/** The 10,000 images that the repository ships, of which the last are the validation data. */
function mnist() {
  const { pixels, labels } = readMnist()
  const shape = [28, 28, 1]
  const part = (/** @type {number} */ from, /** @type {number} */ to) => ({
    xs: tf.tensor(pixels.subarray(from * 784, to * 784), [to - from, ...shape]),
    ys: oneHot(labels.subarray(from, to)),
  })
  const [count, validation] = [Number(values.examples), Number(values.validation)]
  return { train: part(0, count), test: part(labels.length - validation, labels.length), shape }
}
