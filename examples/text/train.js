import * as tf from '@tensorflow/tfjs-node'
import { alphabet, loadText } from './data.js'

const LENGTH = 24
const epochs = Number(process.argv[2] ?? 12)

const { inputs, next } = loadText(LENGTH)
const model = tf.sequential()
model.add(tf.layers.embedding({ inputDim: alphabet.length, outputDim: 32, inputLength: LENGTH, name: 'characters' }))
model.add(tf.layers.lstm({ units: 128, name: 'memory' }))
model.add(tf.layers.dense({ units: 64, activation: 'relu', name: 'hidden' }))
model.add(tf.layers.dense({ units: alphabet.length, activation: 'softmax', name: 'next' }))
model.compile({ optimizer: tf.train.adam(0.003), loss: 'sparseCategoricalCrossentropy' })

await model.fit(inputs, next, { epochs, batchSize: 128, shuffle: true })

/** Continues a text with the most likely character each time. */
function continueText(start, count) {
  let line = start
  for (let i = 0; i < count; i++) {
    const codes = [...line.slice(-LENGTH)].map((character) => alphabet.indexOf(character))
    line +=
      alphabet[
        tf.tidy(
          () =>
            model
              .predict(tf.tensor2d([codes]))
              .argMax(1)
              .dataSync()[0],
        )
      ]
  }
  return line
}
console.log(`\n${continueText("Shall I compare thee to a summer's", 160)}`)
