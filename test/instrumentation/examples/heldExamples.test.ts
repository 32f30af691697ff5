import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { AfterFit } from '../../../src/instrumentation/examples/afterFit.ts'
import { HeldExamples } from '../../../src/instrumentation/examples/heldExamples.ts'
import { ModelData } from '../../../src/instrumentation/examples/modelData.ts'
import { bytesOf, examplesOf, type HeldBatch } from '../../../src/instrumentation/examples/heldBatch.ts'
import { tapOutputs } from '../../../src/instrumentation/hooks/layerOutputs.ts'
import { watchModelData } from '../../../src/instrumentation/hooks/modelData.ts'
import { watchTrainingSteps } from '../../../src/instrumentation/hooks/trainingSteps.ts'
import { engine, type Layer } from '../../../src/instrumentation/tfjs/tfjs.ts'

const ours = (layer: tf.layers.Layer): Layer => layer as unknown as Layer
let examples: HeldExamples
let data: ModelData

/** The hooks stay for the whole file; each test gets examples of its own. */
function renew(trainsNothing = false): void {
  examples = new HeldExamples()
  const context = { examples, trainsNothing, paused: () => undefined, unspentMs: () => 0, endProcess: () => undefined }
  data = new ModelData(examples, new AfterFit([], context), () => engine()!, trainsNothing)
}

beforeAll(async () => {
  await tf.setBackend('cpu')
  renew()
  const any = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] })
  watchModelData(ours(any), {
    get trainsNothing() {
      return data.trainsNothing
    },
    inside: (change) => data.inside(change),
    trainedBatch: (...batch) => data.trainedBatch(...batch),
    testBegins: (model) => data.testBegins(model),
    testedBatch: (...batch) => data.testedBatch(...batch),
    predicts: (...batch) => data.predicts(...batch),
    evaluated: (model) => data.evaluated(model),
    disposes: (model) => data.disposes(model),
    zeros: (model) => data.zeros(model),
  })
  watchTrainingSteps(engine()!, {
    beginStep: (variables) => data.beginStep(variables),
    recorded: (forward) => forward,
    endStep: () => data.endStep(),
    saliency: () => undefined,
  })
  tapOutputs(ours(any), {
    beforeCall: () => undefined,
    active: () => true,
    entered: (layer, inputs) => data.entered(layer, inputs),
    left: (layer) => data.left(layer),
    output: () => undefined,
  })
})

/** Each example's first input, sorted. */
function firstInputs(batches: readonly HeldBatch[]): number[] {
  const values = batches.flatMap(({ inputs: [input] }) => {
    const width = input!.values.length / input!.shape[0]!
    return [...input!.values].filter((_, i) => i % width === 0)
  })
  return values.sort((a, b) => a - b)
}

const count = (batches: readonly HeldBatch[]): number => batches.reduce((sum, batch) => sum + examplesOf(batch), 0)
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

function compiled(units = 2, inputs = 2): tf.Sequential {
  const model = tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [inputs] })] })
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  return model
}

const numbered = (from: number, to: number): tf.Tensor2D =>
  tf.tensor2d(
    range(from, to).flatMap((n) => [n, -n]),
    [to - from, 2],
  )

describe('held examples', () => {
  it('are those of fit, with targets and the last validation pass, and leave no tensors', async () => {
    renew()
    const model = compiled()
    const [x, y, vx] = [numbered(0, 40), numbered(100, 140), numbered(200, 220)]
    const random = vi.spyOn(Math, 'random')
    await model.fit(x, y, { epochs: 1, batchSize: 8, shuffle: false, validationData: [vx, vx], verbose: 0 })
    const tensors = tf.memory().numTensors
    await model.fit(x, y, { epochs: 3, batchSize: 8, shuffle: false, validationData: [vx, vx], verbose: 0 })
    expect(tf.memory().numTensors).toBe(tensors)
    expect(random).not.toHaveBeenCalled()
    random.mockRestore()
    const { training, validation, source } = examples.fittedModel(ours(model))!
    expect(source).toBe('validation')
    expect(firstInputs(validation)).toEqual(range(200, 220))
    expect(new Set(firstInputs(training))).toEqual(new Set(range(0, 40)))
    for (const { inputs, targets } of training) {
      expect(inputs[0]!.dtype).toBe('float32')
      inputs[0]!.values.forEach((value, i) => expect(Math.abs(targets[0]!.values[i]! - value)).toBe(100))
    }
  })

  it('are those of fitDataset and evaluateDataset', async () => {
    renew()
    const model = compiled()
    const dataset = (from: number, to: number) =>
      tf.data.array(range(from, to).map((n) => ({ xs: [n, -n], ys: [n, n] }))).batch(5) as unknown as tf.data.Dataset<{
        xs: tf.Tensor
        ys: tf.Tensor
      }>
    await model.fitDataset(dataset(0, 20), { epochs: 2, verbose: 0 })
    expect(examples.fittedModel(ours(model))!.source).toBe('inputs')
    await model.evaluateDataset(dataset(50, 70), {})
    expect(examples.fittedModel(ours(model))).toMatchObject({ source: 'evaluate', isCut: false })
    await model.fitDataset(dataset(0, 20), { epochs: 2, validationData: dataset(30, 45), verbose: 0 })
    const { validation, training, source } = examples.fittedModel(ours(model))!
    expect([source, firstInputs(validation)]).toEqual(['validation', range(30, 45)])
    expect(new Set(firstInputs(training))).toEqual(new Set(range(0, 20)))
  })

  it('are those of trainOnBatch and evaluate, of several inputs and outputs, of integers and with class weights', async () => {
    renew()
    const [a, b] = [tf.input({ shape: [3], dtype: 'int32' }), tf.input({ shape: [2, 2] })]
    const embedded = tf.layers.embedding({ inputDim: 9, outputDim: 4 }).apply(a) as tf.SymbolicTensor
    const flat = tf.layers.flatten().apply(embedded) as tf.SymbolicTensor
    const joined = tf.layers.concatenate().apply([flat, tf.layers.flatten().apply(b) as tf.SymbolicTensor])
    const outputs = [
      tf.layers.dense({ units: 2, activation: 'softmax' }).apply(joined) as tf.SymbolicTensor,
      tf.layers.dense({ units: 1 }).apply(joined) as tf.SymbolicTensor,
    ]
    const model = tf.model({ inputs: [a, b], outputs })
    model.compile({ optimizer: 'sgd', loss: ['categoricalCrossentropy', 'meanSquaredError'], metrics: ['accuracy'] })
    const x = [tf.ones([6, 3], 'int32'), tf.ones([6, 2, 2])]
    const y = [tf.oneHot(tf.tensor1d([0, 1, 0, 1, 1, 1], 'int32'), 2).toFloat(), tf.ones([6, 1])]
    await model.trainOnBatch(x, y)
    await model.fit(x, y, { classWeight: [{ 0: 1, 1: 2 }, { 1: 1 }], verbose: 0 })
    model.evaluate(x, y)
    const { training, validation, source } = examples.fittedModel(ours(model))!
    expect([source, training.length]).toEqual(['evaluate', 2])
    for (const batch of [...training, ...validation]) {
      expect(batch.inputs.map(({ shape, dtype }) => [shape, dtype])).toEqual([
        [[6, 3], 'int32'],
        [[6, 2, 2], 'float32'],
      ])
      expect(batch.targets.map(({ shape }) => shape)).toEqual([
        [6, 2],
        [6, 1],
      ])
    }
  })

  it.each(['apply', 'predict'] as const)('are the inputs of loops by hand that call a model’s %s', (call) => {
    renew()
    const inner = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] })
    const model = tf.sequential({ layers: [inner, tf.layers.dense({ units: 1 })] })
    const other = compiled()
    const optimizer = tf.train.sgd(0.001)
    for (let step = 0; step < 4; step++) {
      const x = numbered(4 * step, 4 * step + 4)
      other.predict(x)
      const loss = (): tf.Scalar => {
        const output = tf.mean(tf.square(model[call](x) as tf.Tensor))
        return tf.add<tf.Scalar>(output, tf.mean(other.apply(x) as tf.Tensor).mul(0))
      }
      const trained = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
      optimizer.minimize(loss, false, trained)
    }
    const fitted = examples.fittedModel(ours(model))!
    expect([fitted.source, firstInputs(fitted.training), examples.models.length]).toEqual(['inputs', range(0, 16), 1])
    expect(fitted.training.every(({ targets }) => targets.length === 0)).toBe(true)
    expect(examples.stepsOf(ours(model))).toBe(4)
  })

  it('stay within their limits, evenly over a large batch and over a long training', async () => {
    renew()
    const model = compiled()
    const x = numbered(0, 10_000)
    await model.fit(x, x, { epochs: 1, batchSize: 10_000, shuffle: false, verbose: 0 })
    const [batch] = examples.fittedModel(ours(model))!.training
    expect(examplesOf(batch!)).toBe(2000)
    expect(firstInputs([batch!]).slice(0, 3)).toEqual([0, 5, 10])
    renew()
    const small = compiled()
    await small.fit(x, x, { epochs: 1, batchSize: 16, shuffle: false, verbose: 0 })
    const { training } = examples.fittedModel(ours(small))!
    expect(count(training)).toBeLessThanOrEqual(2048)
    expect(count(training)).toBeGreaterThan(1900)
    const mean = firstInputs(training).reduce((sum, n) => sum + n / count(training), 0)
    expect(Math.abs(mean - 5000)).toBeLessThan(1000)
    renew()
    const wide = compiled(1, 1 << 17)
    const wx = tf.zeros([100, 1 << 17])
    await wide.fit(wx, tf.zeros([100, 1]), {
      epochs: 1,
      batchSize: 12,
      validationData: [wx, tf.zeros([100, 1])],
      verbose: 0,
    })
    const held = examples.fittedModel(ours(wide))!
    expect(held.isCut).toBe(true)
    for (const batches of [held.training, held.validation]) {
      const bytes = batches.reduce((sum, each) => sum + bytesOf(each), 0)
      expect(bytes).toBeLessThanOrEqual(32 * 2 ** 20)
      expect(bytes).toBeGreaterThan(24 * 2 ** 20)
    }
  })

  it('are of two models at most, and of none that was disposed of', async () => {
    renew()
    const models = [compiled(), compiled(), compiled()]
    for (const model of models) await model.fit(numbered(0, 4), numbered(0, 4), { verbose: 0 })
    expect(models.map((model) => examples.fittedModel(ours(model)) !== null)).toEqual([false, true, true])
    models[1]!.dispose()
    expect(examples.fittedModel(ours(models[1]!))).toBeNull()
  })

  it('come without training where nothing is to be trained', async () => {
    renew(true)
    const model = compiled()
    const before = model.getWeights().map((weight) => [...weight.dataSync()])
    const x = numbered(0, 8)
    const history = await model.fit(x, x, { epochs: 1, validationData: [x, x], verbose: 0 })
    expect(history.history['loss']).toEqual([0])
    expect(history.history['val_loss']![0]).toBeGreaterThan(0)
    expect(await model.trainOnBatch(x, x)).toBe(0)
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before)
    expect(firstInputs(examples.fittedModel(ours(model))!.validation)).toEqual(range(0, 8))
  })
})
