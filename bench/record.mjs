/**
 * A training of the benchmark that leaves every layer's output on the validation images as raw float32 behind:
 * `node bench/record.mjs MODEL FOLDER`.
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-node'
import { MODELS } from './models.mjs'

const STEPS = 12
const VALIDATION = 64

const [name = '', folder = '.'] = process.argv.slice(2)
const { build, data, batch } = MODELS[/** @type {keyof typeof MODELS} */ (name)]
const network = build()
const { xs, ys } = data(STEPS + Math.ceil(VALIDATION / batch))
const count = STEPS * batch
const seen = xs.slice(count, VALIDATION)
await network.fit(xs.slice(0, count), ys.slice(0, count), {
  epochs: 1,
  batchSize: batch,
  verbose: 0,
  validationData: [seen, ys.slice(count, VALIDATION)],
})
for (const layer of network.layers) {
  if (layer.weights.length === 0) continue
  const upTo = tf.model({ inputs: network.inputs, outputs: /** @type {tf.SymbolicTensor} */ (layer.output) })
  // In fit's own batches: the same sums in the same order.
  const output = /** @type {tf.Tensor} */ (upTo.predict(seen, { batchSize: batch }))
  writeFileSync(path.join(folder, `${layer.name}.${output.shape.at(-1)}.f32`), Buffer.from(output.dataSync().buffer))
}
