import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { ExactTask } from '../../../src/instrumentation/exact/exactTask.ts'
import { EpochBatches } from '../../../src/instrumentation/examples/epochBatches.ts'
import type { FittedModel, Model } from '../../../src/instrumentation/examples/fittedModel.ts'
import type { HeldBatch } from '../../../src/instrumentation/examples/heldBatch.ts'
import type { Engine, Layer } from '../../../src/instrumentation/tfjs/tfjs.ts'
import type { EventBody } from '../../../src/protocol/events.ts'
import { Covariance } from '../../../src/saturation/covariance.ts'
import { measure } from '../../../src/saturation/measure.ts'

/** A batch of examples [4, 4, 1] of float32. */
const batch = (values: Float32Array): HeldBatch => ({
  inputs: [{ shape: [values.length / 16, 4, 4, 1], dtype: 'float32', values }],
  targets: [],
})

describe('the exact covariance', () => {
  it('is that of all rows of the held inputs, at the weights as they are, and the model stays as it is', async () => {
    await tf.setBackend('cpu')
    const conv = tf.layers.conv2d({
      filters: 6,
      kernelSize: 2,
      activation: 'tanh',
      inputShape: [4, 4, 1],
      name: 'conv',
    })
    const chain = tf.sequential({ layers: [conv, tf.layers.flatten(), tf.layers.dense({ units: 1 })] })
    const model = tf.model({ inputs: chain.inputs, outputs: chain.outputs })
    const x = tf.randomNormal([130, 4, 4, 1], 0, 1, 'float32', 3)
    const values = x.dataSync() as Float32Array
    const held = [batch(values.slice(0, 1600)), batch(values.slice(1600))]
    const fitted = (parts: Partial<FittedModel> = {}): FittedModel => ({
      engine: tf.engine() as unknown as Engine,
      model: model as unknown as Model,
      training: held,
      validation: held.slice(0, 1),
      source: 'validation',
      isCut: false,
      ...parts,
    })
    const site = { id: 'conv', name: 'conv', width: 6, layer: conv as unknown as Layer, isOutput: false }
    const events: EventBody[] = []
    const run = (layer: string, of = fitted()) => {
      const [tensors, weights] = [tf.memory().numTensors, conv.getWeights()[0]!.dataSync().join()]
      new ExactTask(
        { kind: 'exact', layer, delta: 0.9 },
        (event) => events.push(event),
        () => [site],
      ).run(of)
      expect([tf.memory().numTensors, conv.getWeights()[0]!.dataSync().join()]).toEqual([tensors, weights])
      return events.at(-1)!
    }
    const direct = new Covariance(6)
    direct.addRows((conv.apply(x) as tf.Tensor).dataSync())
    const exact = run('conv')
    expect('message' in exact ? exact.message : null).toBeNull()
    expect(exact).toMatchObject({
      type: 'exact',
      source: 'training',
      examples: 130,
      given: 130,
      layers: [{ layer: 'conv', width: 6, observations: 130 * 9, k: measure(direct, 0.9).k }],
    })
    // Where no inputs of the training are known, those that are evaluated count.
    expect(run('conv', fitted({ training: [] }))).toMatchObject({ source: 'validation', examples: 100 })
    expect(run('c*v')).toMatchObject({ type: 'exact', layers: [{ layer: 'conv' }] })
    expect(() => run('cnov')).toThrow('there are conv')
  })
})

it('batches of the latest epoch are held, as far as there is room, and those of the one before are freed', () => {
  const epoch = new EpochBatches({ examples: Infinity, bytes: 3 * 64 })
  const offer = (count: number) =>
    epoch.offer({ examples: count, bytes: 64 * count }, () => batch(new Float32Array(16 * count)))
  offer(2)
  offer(2)
  offer(1)
  expect([epoch.batches.length, epoch.given]).toEqual([2, 5])
  epoch.begin()
  offer(1)
  expect([epoch.batches.length, epoch.given]).toEqual([1, 1])
})
