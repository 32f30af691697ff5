import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FittedModel } from '../../../src/instrumentation/examples/fittedModel.ts'
import type { Held, HeldBatch } from '../../../src/instrumentation/examples/heldBatch.ts'
import { ProbeExperiment } from '../../../src/instrumentation/probing/experiment.ts'
import { engine, type Layer } from '../../../src/instrumentation/tfjs/tfjs.ts'
import type { Probed } from '../../../src/protocol/trials/probe.ts'
import { lehmer } from '../../probing/reference.ts'

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })
const held = (shape: number[], values: number[]): Held => ({
  shape,
  dtype: 'float32',
  values: Float32Array.from(values),
})

/** Batches of random inputs, with targets that a function makes of each. */
function batches(
  count: number,
  shape: number[],
  targets: number[],
  target: (x: number[]) => number[],
  seed = 3,
): HeldBatch[] {
  const u = lehmer(seed)
  const size = shape.reduce((a, b) => a * b, 1)
  return Array.from({ length: count }, () => {
    const rows = Array.from({ length: 32 }, () => Array.from({ length: size }, () => 2 * u() - 1))
    const made = rows.map(target)
    return {
      inputs: [held([32, ...shape], rows.flat())],
      targets: made[0]!.length ? [held([32, ...targets], made.flat())] : [],
    }
  })
}

/** Probes all layers of a model but the last, and collects what it reports. */
function probe(
  model: tf.LayersModel,
  data: Partial<FittedModel>,
  options: { seconds?: number; earlier?: Probed[] } = {},
) {
  const reports: Probed[] = []
  const inner = (model as unknown as { model?: tf.LayersModel }).model ?? model
  const fitted = {
    engine: engine()!,
    model: inner,
    training: [],
    validation: [],
    source: 'validation',
    isCut: false,
    ...data,
  }
  const sites = inner.layers.slice(0, -1).flatMap((layer) => {
    const width = (layer.outputShape as number[]).at(-1)!
    const isInput = layer.getClassName() === 'InputLayer'
    return isInput
      ? []
      : [{ id: layer.name, name: layer.name, width, layer: layer as unknown as Layer, isOutput: false }]
  })
  const experiment = new ProbeExperiment(fitted as unknown as FittedModel, { kind: 'probe', ...options }, (result) =>
    reports.push(structuredClone(result)),
  )
  experiment.run(sites)
  return { reports, last: reports.at(-1)! }
}

/** A network whose second layer keeps only the sign of the first input, which is the class. */
function classifier(): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [6], units: 12, activation: 'tanh', name: 'all', kernelInitializer: seeded(1) }),
      tf.layers.dropout({ rate: 0.5, name: 'dropped' }),
      tf.layers.dense({ units: 1, name: 'narrow', kernelInitializer: seeded(2) }),
      tf.layers.dense({ units: 2, activation: 'softmax', name: 'out', kernelInitializer: seeded(3) }),
    ],
  })
  return model
}
const oneHot = (x: number[]): number[] => (x[0]! + 0.5 * x[1]! > 0 ? [1, 0] : [0, 1])

describe('probes of layers', () => {
  beforeAll(() => tf.setBackend('cpu'))

  it('find what a layer still holds, and leave tensors, weights and generators as they are', () => {
    const model = classifier()
    const before = model.getWeights().map((weight) => [...weight.dataSync()])
    const random = Math.random
    const tensors = tf.memory().numTensors
    const { last, reports } = probe(model, {
      training: batches(20, [6], [2], oneHot),
      validation: batches(10, [6], [2], oneHot, 4),
    })
    expect(tf.memory().numTensors).toBe(tensors)
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before)
    expect(Math.random).toBe(random)
    expect(last).toMatchObject({
      metric: 'accuracy',
      outputs: 2,
      source: 'validation',
      done: true,
      running: null,
      notes: [],
    })
    expect(last.examples).toEqual({ training: 640, testing: 320 })
    expect(last.layers.map(({ name, features, pooling }) => [name, features, pooling])).toEqual([
      ['all', 12, 'whole'],
      ['dropped', 12, 'whole'],
      ['narrow', 1, 'whole'],
    ])
    const [all, dropped, narrow] = last.layers
    expect(all!.value).toBeGreaterThan(0.95)
    // In inference mode nothing is dropped.
    expect(dropped!.value).toBe(all!.value)
    expect(narrow!.value).toBeLessThan(all!.value! - 0.1)
    expect(last.layers.every(({ converged }) => converged)).toBe(true)
    for (const { interval, value } of last.layers) expect(interval[0]! < value! && value! < interval[1]!).toBe(true)
    // Of an untrained network.
    expect(last.own!.value).toBeLessThan(0.9)
    expect(reports.map(({ running }) => running && [running.name, running.done, running.of])).toEqual([
      ['all', 0, 3],
      ['dropped', 1, 3],
      ['narrow', 2, 3],
      null,
    ])
  })

  it('pool maps, and take the mean over time', () => {
    const map = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 1, name: 'conv' }),
        tf.layers.flatten({ name: 'flat' }),
        tf.layers.dense({ units: 2, name: 'out' }),
      ],
    })
    const corner = (x: number[]): number[] => (x[0]! + x[1]! + x[6]! + x[7]! > 0 ? [1, 0] : [0, 1])
    const data = { training: batches(20, [6, 6, 1], [2], corner), validation: batches(10, [6, 6, 1], [2], corner, 4) }
    const { last } = probe(map, data)
    expect(last.layers[0]).toMatchObject({ pooling: 'positions', windows: [4, 4], features: 32 })
    // The first window is the corner.
    expect(last.layers[0]!.value).toBeGreaterThan(0.97)

    const sequence = tf.sequential({
      layers: [
        tf.layers.conv1d({ inputShape: [8, 1], filters: 2, kernelSize: 1, name: 'steps' }),
        tf.layers.globalAveragePooling1d({}),
        tf.layers.dense({ units: 2, name: 'out' }),
      ],
    })
    const mean = (x: number[]): number[] => [x.reduce((a, b) => a + b) > 0 ? 0 : 1]
    const steps = probe(sequence, {
      training: batches(20, [8, 1], [1], mean),
      validation: batches(10, [8, 1], [1], mean, 4),
    })
    expect(steps.last.layers[0]).toMatchObject({ pooling: 'time', windows: [], features: 2 })
    expect(steps.last.layers[0]!.value).toBeGreaterThan(0.97)
  })

  it('are ridge regressions where the targets are values', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [6], units: 6, name: 'all', kernelInitializer: 'identity' }),
        tf.layers.dense({ units: 1, name: 'out' }),
      ],
    })
    const sum = (x: number[]): number[] => [3 * x[0]! - 2 * x[1]! + 100]
    const { last } = probe(model, { training: batches(20, [6], [1], sum), validation: batches(10, [6], [1], sum, 4) })
    expect(last).toMatchObject({ metric: 'R²', outputs: 1, chance: null })
    expect(last.layers[0]!.value).toBeGreaterThan(0.999)
    expect(last.own!.value).toBeLessThan(0)
  })

  it('go on with the layers of an earlier result, if network and examples are the same', () => {
    const model = classifier()
    const data = { training: batches(20, [6], [2], oneHot), validation: batches(10, [6], [2], oneHot, 4) }
    const { last } = probe(model, data)
    const begun = { ...last, layers: last.layers.slice(0, 2), done: false }
    const again = probe(model, data, { earlier: [{ ...begun, fingerprint: 'another' }, begun] })
    expect(again.reports.map(({ running }) => running?.name)).toEqual(['narrow', undefined])
    expect(again.last.layers.slice(0, 2)).toEqual(begun.layers)
    expect(again.last.layers[2]!.value).toBe(last.layers[2]!.value)
    expect(again.last.notes).toEqual(['2 layers were probed before, in the same network.'])
    const other = probe(classifier(), { ...data, validation: batches(10, [6], [2], oneHot, 5) }, { earlier: [begun] })
    expect(other.reports).toHaveLength(4)
  })

  it('say what was left out when the time is over', () => {
    const data = { training: batches(20, [6], [2], oneHot), validation: batches(10, [6], [2], oneHot, 4) }
    const { last } = probe(classifier(), data, { seconds: 1e-6 })
    expect(last).toMatchObject({ layers: [], done: true })
    expect(last.notes.join()).toContain('was over: all, dropped, narrow were not probed')
  })

  it('hold examples of the training out where there are no others, each of them once', () => {
    const training = batches(20, [6], [2], oneHot)
    const { last } = probe(classifier(), { training: [...training, ...training], source: 'inputs' })
    expect(last.examples.training + last.examples.testing).toBe(640)
    expect(last.notes.join()).toContain('gave no labelled validation data')
    const unlabelled = batches(20, [6], [2], () => [])
    const evaluated = probe(classifier(), { training: unlabelled, validation: training, source: 'evaluate' })
    expect(evaluated.last.notes.join()).toContain('No labels of the training are known')
  })

  it('are refused with a sentence where there is nothing to predict', () => {
    const unlabelled = batches(20, [6], [2], () => [])
    expect(() => probe(classifier(), { training: unlabelled, source: 'inputs' })).toThrow('No labels are known')
    const few = batches(1, [6], [2], oneHot)
    expect(() => probe(classifier(), { training: few, source: 'inputs' })).toThrow(
      /There are too few examples: \d+ to train/,
    )
    const only = tf.sequential({ layers: [tf.layers.dense({ inputShape: [6], units: 2, name: 'out' })] })
    const data = { training: batches(20, [6], [2], oneHot), validation: batches(10, [6], [2], oneHot, 4) }
    expect(() => probe(only, data)).toThrow('none but the outputs is measured')
  })
})
