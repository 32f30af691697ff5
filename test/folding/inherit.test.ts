import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { GroupEstimates } from '../../src/folding/estimates.ts'
import { foldedInPlace } from '../../src/folding/fold.ts'
import { inherit } from '../../src/folding/inherit.ts'
import { heirOf, layersOf, learned, setWeights, trained } from './trainedModel.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

type Widths = Readonly<Record<string, number>>
interface Case {
  shape: number[]
  classes: number
  widths: Widths
  narrow: Widths
  build: (x: tf.SymbolicTensor, widths: Widths) => tf.SymbolicTensor
}

const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
  layer.apply(x) as tf.SymbolicTensor
const { layers } = tf

const CASES: Record<string, Case> = {
  'dense layers': {
    shape: [6],
    classes: 3,
    widths: { a: 12, b: 10 },
    narrow: { a: 7, b: 4 },
    build: (x, { a, b }) => {
      const first = apply(layers.dense({ units: a!, activation: 'relu', name: 'a' }), x)
      return apply(layers.dense({ units: b!, activation: 'tanh', name: 'b' }), first)
    },
  },
  'convolutions, pooling and a flattened map': {
    shape: [9, 9, 2],
    classes: 3,
    widths: { a: 6, b: 8, c: 9 },
    narrow: { a: 4, b: 5, c: 5 },
    build: (x, { a, b, c }) => {
      let y = apply(layers.conv2d({ filters: a!, kernelSize: 3, padding: 'same', activation: 'relu', name: 'a' }), x)
      y = apply(layers.maxPooling2d({ poolSize: 2 }), y)
      y = apply(layers.conv2d({ filters: b!, kernelSize: 2, activation: 'relu', name: 'b' }), y)
      y = apply(layers.flatten(), y)
      return apply(layers.dense({ units: c!, activation: 'relu', name: 'c' }), y)
    },
  },
  'channels that come first': {
    shape: [2, 7, 7],
    classes: 3,
    widths: { a: 6 },
    narrow: { a: 4 },
    build: (x, { a }) =>
      apply(
        layers.flatten(),
        apply(
          layers.permute({ dims: [3, 1, 2] }),
          apply(
            layers.conv2d({ filters: a!, kernelSize: 2, name: 'a' }),
            apply(layers.permute({ dims: [2, 3, 1] }), x),
          ),
        ),
      ),
  },
  'batch normalisation and a separate activation': {
    shape: [6, 6, 2],
    classes: 3,
    widths: { a: 7, b: 6 },
    narrow: { a: 4, b: 3 },
    build: (x, { a, b }) => {
      let y = apply(layers.conv2d({ filters: a!, kernelSize: 3, padding: 'same', useBias: false, name: 'a' }), x)
      y = apply(layers.reLU(), apply(layers.batchNormalization({ name: 'norm' }), y))
      y = apply(layers.conv2d({ filters: b!, kernelSize: 3, name: 'b' }), y)
      y = apply(layers.batchNormalization({ name: 'norm2' }), y)
      return apply(layers.globalAveragePooling2d({}), apply(layers.reLU(), y))
    },
  },
  'a residual connection': {
    shape: [5, 5, 2],
    classes: 3,
    widths: { a: 6, b: 6 },
    narrow: { a: 4, b: 4 },
    build: (x, { a, b }) => {
      const y = apply(layers.conv2d({ filters: a!, kernelSize: 3, padding: 'same', activation: 'relu', name: 'a' }), x)
      const z = apply(layers.conv2d({ filters: b!, kernelSize: 3, padding: 'same', activation: 'relu', name: 'b' }), y)
      return apply(layers.globalAveragePooling2d({}), apply(layers.add(), [y, z]))
    },
  },
  'a concatenation': {
    shape: [6],
    classes: 3,
    widths: { a: 7, b: 5, c: 6 },
    narrow: { a: 4, b: 3, c: 4 },
    build: (x, { a, b, c }) => {
      const y = apply(layers.dense({ units: a!, activation: 'relu', name: 'a' }), x)
      const z = apply(layers.dense({ units: b!, activation: 'tanh', name: 'b' }), x)
      return apply(layers.dense({ units: c!, activation: 'relu', name: 'c' }), apply(layers.concatenate(), [y, z]))
    },
  },
  'depthwise and separable convolutions': {
    shape: [6, 6, 2],
    classes: 3,
    widths: { a: 6, b: 7 },
    narrow: { a: 4, b: 5 },
    build: (x, { a, b }) => {
      let y = apply(layers.conv2d({ filters: a!, kernelSize: 3, activation: 'relu', name: 'a' }), x)
      y = apply(layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, activation: 'relu', name: 'd' }), y)
      y = apply(layers.separableConv2d({ filters: b!, kernelSize: 2, activation: 'relu', name: 'b' }), y)
      return apply(layers.globalMaxPooling2d({}), y)
    },
  },
  'transposed convolutions': {
    shape: [3, 3, 3],
    classes: 3,
    widths: { a: 6, b: 5, c: 4 },
    narrow: { a: 4, b: 3, c: 3 },
    build: (x, { a, b, c }) => {
      let y = apply(
        layers.conv2dTranspose({ filters: a!, kernelSize: 2, strides: 2, activation: 'relu', name: 'a' }),
        x,
      )
      y = apply(layers.conv2dTranspose({ filters: b!, kernelSize: 2, activation: 'relu', name: 'b' }), y)
      return apply(
        layers.globalAveragePooling2d({}),
        apply(layers.conv2d({ filters: c!, kernelSize: 2, name: 'c' }), y),
      )
    },
  },
  'one-dimensional convolutions': {
    shape: [7, 3],
    classes: 3,
    widths: { a: 6, b: 5 },
    narrow: { a: 4, b: 3 },
    build: (x, { a, b }) => {
      const y = apply(layers.conv1d({ filters: a!, kernelSize: 3, activation: 'relu', name: 'a' }), x)
      const z = apply(layers.conv1d({ filters: b!, kernelSize: 2, padding: 'same', activation: 'relu', name: 'b' }), y)
      return apply(layers.flatten(), apply(layers.averagePooling1d({ poolSize: 2 }), z))
    },
  },
  LSTM: {
    shape: [5, 3],
    classes: 3,
    widths: { a: 8, b: 6 },
    narrow: { a: 5, b: 4 },
    build: (x, { a, b }) => {
      const y = apply(layers.lstm({ units: a!, returnSequences: true, name: 'a' }), x)
      return apply(layers.lstm({ units: b!, name: 'b' }), y)
    },
  },
  'GRU and simple RNN': {
    shape: [5, 3],
    classes: 3,
    widths: { a: 8, b: 6 },
    narrow: { a: 5, b: 4 },
    build: (x, { a, b }) => {
      const y = apply(layers.gru({ units: a!, returnSequences: true, name: 'a' }), x)
      return apply(layers.simpleRNN({ units: b!, name: 'b' }), y)
    },
  },
  'a layer at each time step': {
    shape: [5, 3],
    classes: 3,
    widths: { a: 8, b: 6 },
    narrow: { a: 5, b: 4 },
    build: (x, { a, b }) => {
      const y = apply(layers.timeDistributed({ layer: layers.dense({ units: a!, activation: 'relu' }), name: 'a' }), x)
      return apply(
        layers.globalAveragePooling1d(),
        apply(layers.dense({ units: b!, activation: 'relu', name: 'b' }), y),
      )
    },
  },
}

function modelOf({ shape, classes, build }: Case, widths: Widths, ending = true): tf.LayersModel {
  const input = tf.input({ shape })
  const features = build(input, widths)
  const last = layers.dense({ units: classes, name: 'last' })
  const model = tf.model({ inputs: input, outputs: ending ? apply(last, features) : features })
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' })
  return model
}

/** Replaces the random values that weights were made with by ones that are the same in each run. */
function seeded(model: tf.LayersModel): tf.LayersModel {
  const kernel = (shape: number[], seed: number) => tf.initializers.glorotUniform({ seed }).apply(shape)
  model.setWeights(model.getWeights().map((weight, i) => (weight.rank > 1 ? kernel(weight.shape, i + 1) : weight)))
  return model
}

const largest = (a: tf.Tensor, b: tf.Tensor) => tf.tidy(() => a.sub(b).abs().max().dataSync()[0]!)

describe.each(Object.entries(CASES))('%s', (_name, each) => {
  it('keeps its function when it is folded, narrowed, grown and copied', async () => {
    const xs = tf.randomNormal([64, ...each.shape], 0, 1, 'float32', 5)
    const ys = tf.randomNormal([64, each.classes], 0, 1, 'float32', 6)
    const wide = await trained(() => seeded(modelOf(each, each.widths)), { xs, ys })
    const { recipe } = wide
    const left = learned(wide, xs)
    const before = wide.model.predict(xs) as tf.Tensor
    for (const name of Object.keys(each.widths)) {
      const group = recipe.groups.find(({ layers }) => layers.includes(name))
      expect(group, name).toMatchObject({ kept: null, width: each.widths[name] })
    }

    const same = modelOf(each, each.widths)
    setWeights(layersOf(same), inherit(left, layersOf(same).map(heirOf)).weights)
    expect(largest(same.predict(xs) as tf.Tensor, before)).toBe(0)

    const narrow = modelOf(each, each.narrow)
    const inherited = inherit(left, layersOf(narrow).map(heirOf))
    expect(inherited.inheritances.filter(({ how }) => how === 'left')).toEqual([])
    setWeights(layersOf(narrow), inherited.weights)
    const after = narrow.predict(xs) as tf.Tensor

    const grown = modelOf(
      each,
      Object.fromEntries(Object.entries(each.widths).map(([name, width]) => [name, width + 3])),
    )
    setWeights(layersOf(grown), inherit(left, layersOf(grown).map(heirOf)).weights)
    expect(largest(grown.predict(xs) as tf.Tensor, before)).toBeLessThan(1e-5)

    const estimates = new GroupEstimates(recipe, left.moments)
    const folds = new Map(
      recipe.groups
        .filter(({ kept }) => kept === null)
        .map((group) => [group.id, estimates.fold(group, each.narrow[group.layers[0]!]!)]),
    )
    const byName = new Map(wide.layers.map((layer) => [layer.name, layer]))
    const read = (layer: string, index: number) => byName.get(layer)!.weights[index]!.read().dataSync() as Float32Array
    for (const { layer, index, values } of foldedInPlace(recipe, folds, read)) {
      const { val } = byName.get(layer)!.weights[index] as unknown as { val: tf.Variable }
      val.assign(tf.tensor(values, val.shape))
    }
    const folded = wide.model.predict(xs) as tf.Tensor
    const scale = tf.tidy(() => before.sub(before.mean(0)).square().mean().sqrt().dataSync()[0]!)
    expect(largest(after, folded)).toBeLessThan(1e-4)
    const error = tf.tidy(() => folded.sub(before).square().mean().sqrt().dataSync()[0]!)
    expect(error).toBeGreaterThan(0)
    expect(error).toBeLessThan(scale)
  })
})
