import * as tf from '@tensorflow/tfjs-node'
import { loadTable } from './data.js'

const epochs = Number(process.argv[2] ?? 30)
const widths = [40, 32, 24]

const { train, test } = loadTable()
const model = tf.sequential()
model.add(tf.layers.inputLayer({ inputShape: [30] }))
for (const units of widths) model.add(tf.layers.dense({ units, activation: 'relu' }))
model.add(tf.layers.dense({ units: 1, activation: 'sigmoid', name: 'benign' }))
model.compile({ optimizer: tf.train.adam(0.001), loss: 'binaryCrossentropy', metrics: ['accuracy'] })

await model.fit(train.features, train.labels, {
  epochs,
  batchSize: 16,
  verbose: 0,
  validationData: [test.features, test.labels],
  callbacks: {
    onEpochEnd: (epoch, { loss, val_acc: accuracy }) =>
      console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(4)}, test accuracy ${(accuracy * 100).toFixed(1)} %`),
  },
})
