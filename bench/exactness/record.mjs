/**
 * Trains a model of the benchmark and writes each layer's output on the validation images to files of raw float32:
 * `node bench/exactness/record.mjs MODEL FOLDER`.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-node'
import { MODELS } from '../models.mjs'

/** Training steps. */
const STEPS = 12
/** Images in the validation set. */
const VALIDATION_IMAGES = 64

const [name = '', folder = '.'] = process.argv.slice(2)
const { build, data, batch } = MODELS[/** @type {keyof typeof MODELS} */ (name)]
const network = build()
const { xs, ys } = data(STEPS + Math.ceil(VALIDATION_IMAGES / batch))
const count = STEPS * batch
const seen = xs.slice(count, VALIDATION_IMAGES)
await network.fit(xs.slice(0, count), ys.slice(0, count), {
  epochs: 1,
  batchSize: batch,
  verbose: 0,
  validationData: [seen, ys.slice(count, VALIDATION_IMAGES)],
})
for (const layer of network.layers) {
  if (layer.weights.length === 0) continue
  const upTo = tf.model({ inputs: network.inputs, outputs: /** @type {tf.SymbolicTensor} */ (layer.output) })
  // With the batches of `fit`, sums are formed in the same order and round in the same way.
  const output = /** @type {tf.Tensor} */ (upTo.predict(seen, { batchSize: batch }))
  writeFileSync(path.join(folder, `${layer.name}.${output.shape.at(-1)}.f32`), Buffer.from(output.dataSync().buffer))
}
