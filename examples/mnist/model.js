import * as tf from '@tensorflow/tfjs-node'

/** A small convolutional network for 28×28 grey images of digits. */
export function createModel() {
  const model = tf.sequential()

  model.add(
    tf.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3, activation: 'relu', name: 'conv1' }),
  )
  model.add(tf.layers.maxPooling2d({ poolSize: 2 }))
  model.add(tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', name: 'conv2' }))
  model.add(tf.layers.maxPooling2d({ poolSize: 2 }))
  model.add(tf.layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu', name: 'conv3' }))

  model.add(tf.layers.flatten())
  model.add(tf.layers.dense({ units: 256, activation: 'relu', name: 'hidden1' }))
  model.add(tf.layers.dense({ units: 320, activation: 'relu', name: 'hidden2' }))
  model.add(tf.layers.dropout({ rate: 0.25 }))
  model.add(tf.layers.dense({ units: 10, activation: 'softmax', name: 'digit' }))

  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
  return model
}
