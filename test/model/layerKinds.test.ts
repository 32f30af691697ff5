import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { LAYER_KINDS, layerKind, WIDTH_PROPERTIES } from '../../src/model/layerKinds.ts'

/** Registered classes that extend `Layer` and are no layers: containers of layers, and cells of recurrent layers. */
const NOT_A_LAYER = [
  ...['Model', 'Functional', 'Sequential'],
  ...['SimpleRNNCell', 'GRUCell', 'LSTMCell', 'ConvLSTM2DCell', 'StackedRNNCells'],
]

/** Names of all classes registered by the installed TensorFlow.js that extend its `Layer`. */
function registeredLayers(): string[] {
  const base = layerPrototype()
  const { classNameMap } = tf.serialization.SerializationMap.getMap()
  const classes = Object.entries(classNameMap).map(([name, [registered]]) => ({ name, registered }))
  return classes.flatMap(({ name, registered }) =>
    Object.prototype.isPrototypeOf.call(base, registered.prototype as object) ? [name] : [],
  )
}

/** The prototype of tfjs-layers' `Layer`, which the library does not export: it is the one that has `apply`. */
function layerPrototype(): object {
  let prototype = tf.LayersModel.prototype as object
  while (!Object.hasOwn(prototype, 'apply')) prototype = Object.getPrototypeOf(prototype) as object
  return prototype
}

/** A small layer of each kind, and the shape of an input that it takes, without the axis of examples. */
const EXAMPLES: Record<string, [make: () => tf.layers.Layer, ...inputShape: number[]]> = {
  Dense: [() => tf.layers.dense({ units: 7 }), 3],
  Embedding: [() => tf.layers.embedding({ inputDim: 5, outputDim: 7 }), 4],
  Conv1D: [() => tf.layers.conv1d({ filters: 7, kernelSize: 1 }), 4, 3],
  Conv2D: [() => tf.layers.conv2d({ filters: 7, kernelSize: 1 }), 4, 4, 3],
  Conv2DTranspose: [() => tf.layers.conv2dTranspose({ filters: 7, kernelSize: 1 }), 4, 4, 3],
  Conv3D: [() => tf.layers.conv3d({ filters: 7, kernelSize: 1 }), 4, 4, 4, 3],
  Conv3DTranspose: [() => tf.layers.conv3dTranspose({ filters: 7, kernelSize: 1 }), 4, 4, 4, 3],
  SeparableConv2D: [() => tf.layers.separableConv2d({ filters: 7, kernelSize: 1 }), 4, 4, 3],
  DepthwiseConv2D: [() => tf.layers.depthwiseConv2d({ kernelSize: 1 }), 4, 4, 3],
  SimpleRNN: [() => tf.layers.simpleRNN({ units: 7 }), 4, 3],
  GRU: [() => tf.layers.gru({ units: 7 }), 4, 3],
  LSTM: [() => tf.layers.lstm({ units: 7 }), 4, 3],
  RNN: [() => tf.layers.rnn({ cell: tf.layers.lstmCell({ units: 7 }) }), 4, 3],
  ConvLSTM2D: [() => tf.layers.convLstm2d({ filters: 7, kernelSize: 1 }), 2, 4, 4, 3],
  Bidirectional: [() => tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 7 }), mergeMode: 'concat' }), 4, 3],
  TimeDistributed: [() => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 7 }) }), 4, 3],
  CategoryEncoding: [() => tf.layers.categoryEncoding({ numTokens: 7, outputMode: 'multiHot' }), 3],
  BatchNormalization: [() => tf.layers.batchNormalization(), 3],
  LayerNormalization: [() => tf.layers.layerNormalization(), 3],
  PReLU: [() => tf.layers.prelu(), 3],
  Activation: [() => tf.layers.activation({ activation: 'tanh' }), 3],
  ELU: [() => tf.layers.elu(), 3],
  LeakyReLU: [() => tf.layers.leakyReLU(), 3],
  ReLU: [() => tf.layers.reLU(), 3],
  Softmax: [() => tf.layers.softmax(), 3],
  ThresholdedReLU: [() => tf.layers.thresholdedReLU(), 3],
  AlphaDropout: [() => tf.layers.alphaDropout({ rate: 0.5 }), 3],
  Dropout: [() => tf.layers.dropout({ rate: 0.5 }), 3],
  GaussianDropout: [() => tf.layers.gaussianDropout({ rate: 0.5 }), 3],
  GaussianNoise: [() => tf.layers.gaussianNoise({ stddev: 1 }), 3],
  SpatialDropout1D: [() => tf.layers.spatialDropout1d({ rate: 0.5 }), 4, 3],
  AveragePooling1D: [() => tf.layers.averagePooling1d({ poolSize: 2 }), 4, 3],
  AveragePooling2D: [() => tf.layers.averagePooling2d({ poolSize: 2 }), 4, 4, 3],
  AveragePooling3D: [() => tf.layers.averagePooling3d({ poolSize: 2 }), 4, 4, 4, 3],
  MaxPooling1D: [() => tf.layers.maxPooling1d({ poolSize: 2 }), 4, 3],
  MaxPooling2D: [() => tf.layers.maxPooling2d({ poolSize: 2 }), 4, 4, 3],
  MaxPooling3D: [() => tf.layers.maxPooling3d({ poolSize: 2 }), 4, 4, 4, 3],
  GlobalAveragePooling1D: [() => tf.layers.globalAveragePooling1d({}), 4, 3],
  GlobalAveragePooling2D: [() => tf.layers.globalAveragePooling2d({}), 4, 4, 3],
  GlobalMaxPooling1D: [() => tf.layers.globalMaxPooling1d({}), 4, 3],
  GlobalMaxPooling2D: [() => tf.layers.globalMaxPooling2d({}), 4, 4, 3],
  Cropping2D: [() => tf.layers.cropping2D({ cropping: [[1, 0], [1, 0]] }), 4, 4, 3], // prettier-ignore
  UpSampling2D: [() => tf.layers.upSampling2d({ size: [2, 2] }), 4, 4, 3],
  ZeroPadding2D: [() => tf.layers.zeroPadding2d({ padding: 1 }), 4, 4, 3],
  Masking: [() => tf.layers.masking(), 4, 3],
  RepeatVector: [() => tf.layers.repeatVector({ n: 5 }), 3],
  CenterCrop: [() => tf.layers.centerCrop({ height: 2, width: 2 }), 4, 4, 3],
  RandomWidth: [() => tf.layers.randomWidth({ factor: 0.5 }), 4, 4, 3],
  Rescaling: [() => tf.layers.rescaling({ scale: 2 }), 4, 4, 3],
  Resizing: [() => tf.layers.resizing({ height: 2, width: 2 }), 4, 4, 3],
  Flatten: [() => tf.layers.flatten(), 4, 3],
  Permute: [() => tf.layers.permute({ dims: [2, 1] }), 4, 3],
  Reshape: [() => tf.layers.reshape({ targetShape: [2, 6] }), 4, 3],
}

const MERGES: Record<string, () => tf.layers.Layer> = {
  Add: () => tf.layers.add(),
  Average: () => tf.layers.average(),
  Maximum: () => tf.layers.maximum(),
  Minimum: () => tf.layers.minimum(),
  Multiply: () => tf.layers.multiply(),
  Concatenate: () => tf.layers.concatenate(),
}

/** Kinds that are not built here: an input layer is never called, and a dot product's width depends on its axes. */
const WITHOUT_EXAMPLE = ['InputLayer', 'Dot']

describe('the table of layer kinds', () => {
  beforeAll(() => tf.setBackend('cpu'))

  it('has a row for every layer of TensorFlow.js, and none for a class that does not exist', () => {
    const layers = registeredLayers().filter((name) => !NOT_A_LAYER.includes(name))
    expect(layers.length).toBeGreaterThan(60)
    expect([...LAYER_KINDS.keys()].sort()).toEqual(layers.sort())
  })

  it('leaves out only classes that exist', () => {
    expect(registeredLayers()).toEqual(expect.arrayContaining(NOT_A_LAYER))
  })

  it('has an example for every row', () => {
    const tested = [...Object.keys(EXAMPLES), ...Object.keys(MERGES), ...WITHOUT_EXAMPLE]
    expect([...LAYER_KINDS.keys()].sort()).toEqual(tested.sort())
  })

  it.each(Object.entries(EXAMPLES))('%s: its output is as wide as its row says', (kind, [make, ...shape]) => {
    const layer = make()
    expect(layer.getClassName()).toBe(kind)
    const input =
      kind === 'CategoryEncoding' || kind === 'Embedding' ? tf.ones([2, ...shape], 'int32') : tf.ones([2, ...shape])
    const output = layer.apply(input) as tf.Tensor
    const widthIn = shape.at(-1)!
    const widthOut = output.shape.at(-1)!
    const { passesWidthOn, widthProperty, reshapes, convolution, recurrent } = layerKind(kind)
    if (passesWidthOn) expect(widthOut).toBe(widthIn)
    if (reshapes) expect(output.size).toBe(input.size)
    if (convolution) expect(output.rank).toBeGreaterThan(2)
    if (recurrent) expect([input.rank, output.rank]).toEqual([3, 2])
    const has = layer as unknown as Record<string, number | undefined> & { cell?: Record<string, number | undefined> }
    const property = WIDTH_PROPERTIES.find((name) => (has[name] ?? has.cell?.[name]) === widthOut)
    if (widthProperty === 'any') expect(property).toBeDefined()
    else expect(property ?? null).toBe(widthProperty)
  })

  it.each(Object.entries(MERGES))('%s: takes inputs of different widths only if its row says so', (kind, make) => {
    expect(make().getClassName()).toBe(kind)
    const merge = (...widths: number[]) => make().apply(widths.map((width) => tf.ones([2, width]))) as tf.Tensor
    const { mergesShapes, passesWidthOn } = layerKind(kind)
    expect(passesWidthOn).toBe(mergesShapes)
    if (!mergesShapes) return expect(merge(3, 4).shape).toEqual([2, 7])
    expect(merge(3, 3).shape).toEqual([2, 3])
    expect(() => merge(3, 4)).toThrow()
  })

  it.each([
    ['wrappers', 'wrapper', ['Bidirectional', 'ConvLSTM2D', 'GRU', 'LSTM', 'RNN', 'SimpleRNN', 'TimeDistributed']],
    ['normalisers', 'normaliser', ['BatchNormalization', 'LayerNormalization', 'PReLU']],
    ['recurrent layers', 'recurrent', ['Bidirectional', 'GRU', 'LSTM', 'RNN', 'SimpleRNN']],
  ] as const)('knows the %s', (_, trait, kinds) => {
    const having = [...LAYER_KINDS].flatMap(([kind, row]) => (row[trait] ? [kind] : []))
    expect(having.sort()).toEqual(kinds)
  })

  it('takes a class of the program for a layer that makes features, and for a convolution by its name', () => {
    expect(layerKind('Attention')).toMatchObject({ convolution: false, passesWidthOn: false, widthProperty: 'any' })
    expect(layerKind('GroupedConv2D')).toMatchObject({ convolution: true, passesWidthOn: false, widthProperty: 'any' })
    expect(layerKind('MyConvLSTM')).toMatchObject({ convolution: false })
    expect(layerKind('constructor')).toEqual(layerKind('Attention'))
  })
})
