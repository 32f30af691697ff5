import * as tf from '@tensorflow/tfjs'
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { Evaluation, meanOf } from '../../../src/instrumentation/examples/evaluation.ts'
import type { FittedModel, Model } from '../../../src/instrumentation/examples/fittedModel.ts'
import { holdBatch, type HeldBatch } from '../../../src/instrumentation/examples/heldBatch.ts'
import { chunksOf, halvesOf } from '../../../src/instrumentation/examples/passes/chunks.ts'
import { countingMetric } from '../../../src/run/metric.ts'
import { engine, type Engine, type Tensor } from '../../../src/instrumentation/tfjs/tfjs.ts'

const ROOM = { examples: Infinity, bytes: Infinity }
const ours = (tensors: tf.Tensor[]): Tensor[] => tensors as unknown as Tensor[]
const held = (inputs: tf.Tensor[], targets: tf.Tensor[] = []): HeldBatch =>
  holdBatch(engine() as Engine, ours(inputs), ours(targets), ROOM)!
const fitted = (model: tf.LayersModel, validation: HeldBatch[], training = validation): FittedModel => {
  const inner = (model as { model?: tf.LayersModel }).model ?? model
  return {
    engine: engine()!,
    model: inner as unknown as Model,
    training,
    validation,
    source: 'validation',
    isCut: false,
  }
}
const hash = (model: tf.LayersModel): string => {
  const digest = createHash('sha256')
  for (const weight of model.weights) digest.update(weight.read().dataSync())
  return digest.digest('hex')
}
/** Means over both halves, of the same number of examples. */
const bothHalves = (evaluation: Evaluation, name: string): number =>
  (meanOf(evaluation.run('deciding'), name) + meanOf(evaluation.run('reporting'), name)) / 2

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('an evaluation of our own', () => {
  it('gives what the model’s own evaluation gives, as often as wanted, and changes nothing', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 8, inputShape: [5], activation: 'relu' }),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.dense({ units: 3, activation: 'softmax' }),
      ],
    })
    model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] })
    const x = tf.randomNormal([200, 5], 0, 1, 'float32', 1)
    const y = tf
      .oneHot(
        tf.tensor1d(
          Array.from({ length: 200 }, (_, i) => i % 3),
          'int32',
        ),
        3,
      )
      .toFloat()
    const [loss, accuracy] = (model.evaluate(x, y) as tf.Scalar[]).map((scalar) => scalar.dataSync()[0]!)
    const batches = [held([x.slice(0, 90)], [y.slice(0, 90)]), held([x.slice(90)], [y.slice(90)])]
    const [tensors, weights] = [tf.memory().numTensors, hash(model)]
    const evaluation = new Evaluation(fitted(model, batches))
    expect(evaluation.metric).toMatchObject({ name: 'acc', better: 'higher', isShare: true })
    expect([evaluation.loss, evaluation.by]).toEqual(['loss', 'metrics'])
    expect(evaluation.halves.deciding).toHaveLength(20)
    for (let times = 0; times < 2; times++) {
      expect(bothHalves(evaluation, 'loss')).toBeCloseTo(loss!, 5)
      expect(bothHalves(evaluation, 'acc')).toBeCloseTo(accuracy!, 5)
    }
    expect([tf.memory().numTensors, hash(model)]).toEqual([tensors, weights])
  })

  it('tells the losses of several outputs from their sum', () => {
    const input = tf.input({ shape: [4] })
    const outputs = ['a', 'b'].map((name) => tf.layers.dense({ units: 2, name }).apply(input) as tf.SymbolicTensor)
    const model = tf.model({ inputs: input, outputs })
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: { b: 'accuracy' } })
    const [x, y] = [tf.randomNormal([40, 4], 0, 1, 'float32', 1), tf.randomUniform([40, 2], 0, 1, 'float32', 2)]
    const evaluation = new Evaluation(fitted(model, [held([x], [y, y])]))
    expect(evaluation.names).toEqual(['loss', 'a_loss', 'b_loss', 'b_acc'])
    expect(evaluation.metric.name).toBe('b_acc')
    const [all, a, b] = ['loss', 'a_loss', 'b_loss'].map((name) => bothHalves(evaluation, name))
    const wanted = (model.predict(x) as tf.Tensor[]).map((out) => tf.losses.meanSquaredError(y, out).dataSync()[0]!)
    expect(a).toBeCloseTo(wanted[0]!, 5)
    expect(b).toBeCloseTo(wanted[1]!, 5)
    expect(all).toBeCloseTo(a! + b!, 5)
  })

  it('compares outputs with those at first where no targets are known', () => {
    const x = tf.randomNormal([100, 4], 0, 1, 'float32', 3)
    const model = (activation: 'softmax' | 'linear') =>
      tf.sequential({
        layers: [tf.layers.dense({ units: 3, inputShape: [4], activation, kernelInitializer: seeded(5) })],
      })
    const classes = model('softmax')
    const same = new Evaluation(fitted(classes, [held([x])]))
    expect([same.metric.name, same.loss, same.by]).toEqual(['same class', null, 'outputs'])
    expect(bothHalves(same, 'same class')).toBe(1)
    const before = (classes.predict(x) as tf.Tensor).argMax(-1)
    classes.layers[0]!.setWeights([tf.randomNormal([4, 3], 0, 1, 'float32', 9), tf.zeros([3])])
    const share = (classes.predict(x) as tf.Tensor).argMax(-1).equal(before).mean().dataSync()[0]!
    expect(bothHalves(same, 'same class')).toBeCloseTo(share, 6)
    const plain = model('linear')
    const error = new Evaluation(fitted(plain, [held([x])]))
    expect(error.metric).toMatchObject({ name: 'relative error', better: 'lower' })
    expect(bothHalves(error, 'relative error')).toBe(0)
    plain.layers[0]!.setWeights([tf.zeros([4, 3]), tf.zeros([3])])
    // Roots are averaged over small chunks, which makes their mean smaller.
    expect(bothHalves(error, 'relative error')).toBeGreaterThan(0.8)
    expect(bothHalves(error, 'relative error')).toBeLessThan(1.1)
  })

  it('leaves states, generators and hooks alone', () => {
    class Noisy extends tf.layers.Layer {
      static className = 'Noisy'
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return [inputs].flat()[0]!.add(Math.random())
      }
    }
    const model = tf.sequential({
      layers: [
        tf.layers.lstm({ units: 3, stateful: true, batchInputShape: [4, 2, 2] }),
        new Noisy({}),
        tf.layers.dense({ units: 1 }),
      ],
    })
    let calls = 0
    model.layers[2]!.setCallHook(() => void calls++)
    const x = tf.randomNormal([4, 2, 2], 0, 1, 'float32', 1)
    model.predict(x, { batchSize: 4 })
    const lstm = model.layers[0] as unknown as { states_: tf.Tensor[] }
    const states = [...lstm.states_]
    const values = states.map((state) => [...state.dataSync()])
    const [tensors, hooks, { random }] = [tf.memory().numTensors, calls, Math]
    let drawn = 0
    const held50 = held([tf.randomNormal([50, 2, 2], 0, 1, 'float32', 2)])
    Math.random = () => drawn++ / 1000
    const evaluation = new Evaluation(fitted(model, [held50]))
    const error = bothHalves(evaluation, 'relative error')
    Math.random = random
    expect(error).toBe(0)
    expect([drawn, calls]).toEqual([0, hooks])
    expect(evaluation.halves.deciding.every(({ inputs }) => inputs[0]!.shape[0] === 4)).toBe(true)
    lstm.states_.forEach((state, i) => expect(state).toBe(states[i]))
    expect(states.map((state) => [...state.dataSync()])).toEqual(values)
    expect(tf.memory().numTensors - tensors).toBe(1)
  })

  it('names moving statistics that lag behind, and replaces them for the time of a pass', async () => {
    const build = (momentum: number): tf.Sequential => {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({ units: 6, inputShape: [4], kernelInitializer: seeded(6) }),
          tf.layers.batchNormalization({ momentum, name: `norm_${momentum}` }),
          tf.layers.activation({ activation: 'relu' }),
          tf.layers.dense({ units: 1 }),
        ],
      })
      model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' })
      return model
    }
    const x = tf.randomNormal([256, 4], 5, 3, 'float32', 1)
    const y = x.sum(1, true)
    for (const [momentum, lags] of [
      [0.99, true],
      [0.5, false],
    ] as const) {
      const model = build(momentum)
      await model.fit(x, y, { epochs: 3, batchSize: 32, verbose: 0 })
      const data = [held([x], [y])]
      const [weights, tensors] = [hash(model), tf.memory().numTensors]
      const evaluation = new Evaluation(fitted(model, data), { recalibrate: true })
      expect(evaluation.lagging()).toEqual(lags ? ['norm_0.99'] : [])
      const loss = bothHalves(evaluation, 'loss')
      expect([hash(model), tf.memory().numTensors]).toEqual([weights, tensors])
      // With the statistics of all examples in their place, the model’s own evaluation gives the same.
      const { mean, variance } = tf.moments(model.layers[0]!.apply(x) as tf.Tensor, 0)
      const norm = model.layers[1]!
      const [gamma, beta] = norm.getWeights()
      norm.setWeights([gamma!, beta!, mean, variance])
      const wanted = (model.evaluate(x, y) as tf.Scalar).dataSync()[0]!
      expect(Math.abs(loss / wanted - 1)).toBeLessThan(0.02)
    }
  })

  it('refuses too few examples, and a model that gives NaN', () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] })
    expect(() => new Evaluation(fitted(model, [held([tf.ones([3, 2])])]))).toThrow('too few examples')
    model.setWeights([tf.fill([2, 2], NaN), tf.zeros([2])])
    expect(() => new Evaluation(fitted(model, [held([tf.ones([30, 2])])]))).toThrow('NaN')
  })
})

describe('chunks', () => {
  it('keep every example once, in order, whatever the batches', () => {
    const batches = [7, 1, 30, 64].map((count, i) => held([tf.range(100 * i, 100 * i + count).reshape([count, 1])]))
    const chunks = chunksOf(batches, null)
    const values = chunks.flatMap(({ inputs }) => [...inputs[0]!.values])
    expect(values).toEqual(batches.flatMap(({ inputs }) => [...inputs[0]!.values]))
    expect(chunks.every(({ inputs }) => inputs[0]!.values.length === inputs[0]!.shape[0])).toBe(true)
    const { deciding, reporting } = halvesOf(chunks)
    expect([deciding.length, reporting.length]).toEqual([26, 25])
  })

  it('have one shape each, and the batch size that the model asks for', () => {
    const batches = [held([tf.ones([5, 2])]), held([tf.ones([5, 3])]), held([tf.ones([6, 2])])]
    expect(chunksOf(batches, 4).map(({ inputs }) => inputs[0]!.shape)).toEqual([
      [4, 2],
      [4, 2],
      [4, 3],
    ])
  })
})

describe('the metric that counts', () => {
  it.each([
    [['loss', 'acc'], 'acc', 'higher'],
    [['loss', 'mse', 'out_acc'], 'out_acc', 'higher'],
    [['loss', 'precision'], 'precision', 'higher'],
    [['loss', 'meanAbsoluteError'], 'loss', 'lower'],
    [['loss', 'binaryAccuracy_1'], 'binaryAccuracy_1', 'higher'],
    [['loss', 'myF1', 'r2Score'], 'r2Score', 'higher'],
  ])('of %j is %s', (names, name, better) => {
    expect(countingMetric(names)).toMatchObject({ name, better })
  })
})
