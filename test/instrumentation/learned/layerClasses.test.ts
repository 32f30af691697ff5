import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import * as tf from '@tensorflow/tfjs-node'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { onLayerConstructed } from '../../../src/instrumentation/hooks/layerConstruction.ts'
import { ConstructedLayers } from '../../../src/instrumentation/learned/constructedLayers.ts'
import { InheritedWeights } from '../../../src/instrumentation/learned/inheritedWeights.ts'
import type { Engine } from '../../../src/instrumentation/tfjs/tfjs.ts'
import { writeLearned } from '../../../src/learned/learnedFile.ts'
import { packLearned } from '../../../src/learned/packedMoments.ts'
import type { EventBody } from '../../../src/protocol/events.ts'
import { cases } from '../../stress.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-classes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = path.join(folder, 'run.weights.safetensors')
const engine = tf.engine() as unknown as Engine
let constructed = new ConstructedLayers()
beforeAll(() => onLayerConstructed((layer) => constructed.add(layer, null)))

type Make = (width: number) => tf.layers.Layer
/** Every layer class of tfjs-layers with weights, and the shape of an input that it takes. */
const CLASSES: Record<string, { input: number[]; make: Make }> = {
  dense: { input: [5], make: (units) => tf.layers.dense({ units }) },
  conv1d: { input: [8, 3], make: (filters) => tf.layers.conv1d({ filters, kernelSize: 3 }) },
  conv2d: { input: [6, 6, 2], make: (filters) => tf.layers.conv2d({ filters, kernelSize: 3 }) },
  conv3d: { input: [4, 4, 4, 2], make: (filters) => tf.layers.conv3d({ filters, kernelSize: 2 }) },
  conv2dTranspose: { input: [4, 4, 2], make: (filters) => tf.layers.conv2dTranspose({ filters, kernelSize: 2 }) },
  conv3dTranspose: { input: [3, 3, 3, 2], make: (filters) => tf.layers.conv3dTranspose({ filters, kernelSize: 2 }) },
  depthwise: { input: [6, 6, 3], make: (n) => tf.layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: n }) },
  separable: { input: [6, 6, 3], make: (filters) => tf.layers.separableConv2d({ filters, kernelSize: 2 }) },
  embedding: { input: [4], make: (n) => tf.layers.embedding({ inputDim: 9, outputDim: n }) },
  simpleRnn: { input: [4, 3], make: (units) => tf.layers.simpleRNN({ units, returnSequences: true }) },
  gru: { input: [4, 3], make: (units) => tf.layers.gru({ units }) },
  lstm: { input: [4, 3], make: (units) => tf.layers.lstm({ units }) },
  convLstm: {
    input: [3, 5, 5, 2],
    make: (filters) => tf.layers.convLstm2d({ filters, kernelSize: 2 }),
  },
  stacked: {
    input: [4, 3],
    make: (units) => tf.layers.rnn({ cell: tf.layers.stackedRNNCells({ cells: [tf.layers.lstmCell({ units }), tf.layers.gruCell({ units })] }) }), // prettier-ignore
  },
  bidirectional: {
    input: [4, 3],
    make: (units) => tf.layers.bidirectional({ layer: tf.layers.lstm({ units }), mergeMode: 'concat' }),
  },
  timeDistributed: { input: [4, 3], make: (units) => tf.layers.timeDistributed({ layer: tf.layers.dense({ units }) }) },
  batchNormalization: { input: [5], make: () => tf.layers.batchNormalization() },
  layerNormalization: { input: [5], make: () => tf.layers.layerNormalization() },
  prelu: { input: [5], make: () => tf.layers.prelu() },
}

function build(name: string, width: number, isNested: boolean): tf.LayersModel {
  constructed = new ConstructedLayers()
  const { input, make } = CLASSES[name]!
  const inner = tf.sequential()
  inner.add(Object.assign(make(width), { batchInputShape: [null, ...input] }))
  if (!isNested) return inner
  const outer = tf.sequential()
  outer.add(inner)
  if (inner.outputs[0]!.shape.length > 2) outer.add(tf.layers.flatten())
  outer.add(tf.layers.dense({ units: 2 }))
  return outer
}

/** Gives all weights of a model values that no initializer makes. */
function randomise(model: tf.LayersModel, seed: number): void {
  const values = model.weights.map((weight, i) =>
    tf.randomUniform(weight.shape as number[], 0.1, 0.6, 'float32', seed + i),
  )
  model.setWeights(values)
}

/** Writes what the layers constructed last have learned. */
function keep(): void {
  const layers = constructed.weighted.map(({ name, kind, variables }) => {
    const weights = variables.map((each) => ({ shape: each.shape, values: each.dataSync().slice() }))
    return { id: name, name, kind, file: null, line: null, weights }
  })
  writeLearned(file, packLearned({ layers, recipe: { groups: [], weights: [], consumers: [] }, moments: new Map() }))
}

it.each(Object.keys(CLASSES))('%s inherits all weights, so that its outputs are equal to the bit', (name) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.boolean(), fc.nat(1e6), (width, isNested, seed) => {
      const { input } = CLASSES[name]!
      const first = build(name, width, isNested)
      randomise(first, seed)
      const count = constructed.weighted.flatMap(({ variables }) => variables).length
      // Each weight of the model belongs to one layer.
      expect(count).toBe(first.weights.length)
      keep()
      const xs =
        name === 'embedding' ? tf.randomUniformInt([3, 4], 0, 9, 1) : tf.randomNormal([3, ...input], 0, 1, 'float32', 1)
      const before = (first.predict(xs) as tf.Tensor).dataSync()

      const second = build(name, width, isNested)
      const events: EventBody[] = []
      const { numTensors } = tf.memory()
      new InheritedWeights({ file, name: 'first', train: true }, constructed).put(engine, (event) => events.push(event))
      expect(tf.memory().numTensors).toBe(numTensors)
      const layers = events.flatMap((event) => (event.type === 'inherited' ? event.layers : []))
      expect(layers.map(({ how }) => how)).toEqual(Array(isNested ? 2 : 1).fill('copied'))
      expect((second.predict(xs) as tf.Tensor).dataSync()).toEqual(before)
      for (const each of [xs, first, second]) each.dispose()
    }),
    { numRuns: cases(3, 30) },
  )
})

it('variables that a class of the program keeps in its own properties are inherited, too', () => {
  class Scale extends tf.layers.Layer {
    static className = 'Scale'
    readonly factor = tf.variable(tf.ones([1]))
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.mul([inputs].flat()[0]!, this.factor)
    }
  }
  constructed = new ConstructedLayers()
  const first = new Scale({ name: 'scale' })
  first.factor.assign(tf.tensor1d([3]))
  keep()
  constructed = new ConstructedLayers()
  const second = new Scale({ name: 'scale' })
  new InheritedWeights({ file, name: 'first', train: true }, constructed).put(engine, () => {})
  expect([...second.factor.dataSync()]).toEqual([3])
})
