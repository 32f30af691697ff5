import { Config, Unreadable, type FactsOf, type LayerFacts, type Shape, type StaticLayer } from './layerFacts.ts'
import * as basics from './layers/basics.ts'
import * as maps from './layers/convolutions.ts'
import * as merges from './layers/merges.ts'
import * as recurrent from './layers/recurrent.ts'

/** A function of `tf.layers`: the class of the layers that it makes, and what is known of them. */
interface Factory {
  readonly kind: string
  readonly facts: FactsOf
}

const factory = (kind: string, facts: FactsOf): Factory => ({ kind, facts })
const wrapped = (layer: StaticLayer, inputs: readonly Shape[]): LayerFacts => factsOf(layer, inputs)

/** The functions of `tf.layers` whose layers can be computed from their arguments alone; `input` is `tf.input`. */
const FACTORIES: ReadonlyMap<string, Factory> = new Map(
  Object.entries({
    input: factory('InputLayer', basics.symbolicInput),
    inputLayer: factory('InputLayer', basics.inputLayer),
    implicitInput: factory('InputLayer', basics.implicitInput),
    dense: factory('Dense', basics.dense),
    embedding: factory('Embedding', basics.embedding),
    conv1d: factory('Conv1D', maps.convolution(1)),
    conv2d: factory('Conv2D', maps.convolution(2)),
    conv3d: factory('Conv3D', maps.convolution(3)),
    conv2dTranspose: factory('Conv2DTranspose', maps.transposedConvolution(2)),
    conv3dTranspose: factory('Conv3DTranspose', maps.transposedConvolution(3)),
    separableConv2d: factory('SeparableConv2D', maps.separableConvolution),
    depthwiseConv2d: factory('DepthwiseConv2D', maps.depthwiseConvolution),
    averagePooling1d: factory('AveragePooling1D', maps.pooling(1)),
    averagePooling2d: factory('AveragePooling2D', maps.pooling(2)),
    averagePooling3d: factory('AveragePooling3D', maps.pooling(3)),
    maxPooling1d: factory('MaxPooling1D', maps.pooling(1)),
    maxPooling2d: factory('MaxPooling2D', maps.pooling(2)),
    maxPooling3d: factory('MaxPooling3D', maps.pooling(3)),
    globalAveragePooling1d: factory('GlobalAveragePooling1D', maps.globalPooling(1)),
    globalAveragePooling2d: factory('GlobalAveragePooling2D', maps.globalPooling(2)),
    globalMaxPooling1d: factory('GlobalMaxPooling1D', maps.globalPooling(1)),
    globalMaxPooling2d: factory('GlobalMaxPooling2D', maps.globalPooling(2)),
    upSampling2d: factory('UpSampling2D', maps.upSampling),
    zeroPadding2d: factory('ZeroPadding2D', maps.edges('padding', 1)),
    cropping2D: factory('Cropping2D', maps.edges('cropping', -1)),
    centerCrop: factory('CenterCrop', basics.centerCrop),
    flatten: factory('Flatten', basics.flatten),
    reshape: factory('Reshape', basics.reshape),
    permute: factory('Permute', basics.permute),
    repeatVector: factory('RepeatVector', basics.repeatVector),
    add: factory('Add', merges.elementwiseMerge),
    average: factory('Average', merges.elementwiseMerge),
    maximum: factory('Maximum', merges.elementwiseMerge),
    minimum: factory('Minimum', merges.elementwiseMerge),
    multiply: factory('Multiply', merges.elementwiseMerge),
    concatenate: factory('Concatenate', merges.concatenate),
    dot: factory('Dot', merges.dot),
    batchNormalization: factory('BatchNormalization', basics.batchNormalization),
    layerNormalization: factory('LayerNormalization', basics.layerNormalization),
    prelu: factory('PReLU', basics.prelu),
    activation: factory('Activation', basics.elementwise),
    elu: factory('ELU', basics.elementwise),
    leakyReLU: factory('LeakyReLU', basics.elementwise),
    reLU: factory('ReLU', basics.elementwise),
    softmax: factory('Softmax', basics.elementwise),
    thresholdedReLU: factory('ThresholdedReLU', basics.elementwise),
    alphaDropout: factory('AlphaDropout', basics.elementwise),
    dropout: factory('Dropout', basics.elementwise),
    gaussianDropout: factory('GaussianDropout', basics.elementwise),
    gaussianNoise: factory('GaussianNoise', basics.elementwise),
    spatialDropout1d: factory('SpatialDropout1D', basics.elementwise),
    masking: factory('Masking', basics.elementwise),
    rescaling: factory('Rescaling', basics.elementwise),
    simpleRNN: factory('SimpleRNN', recurrent.recurrent('simpleRNN')),
    gru: factory('GRU', recurrent.recurrent('gru')),
    lstm: factory('LSTM', recurrent.recurrent('lstm')),
    rnn: factory('RNN', recurrent.rnn),
    convLstm2d: factory('ConvLSTM2D', recurrent.convLstm2d),
    bidirectional: factory('Bidirectional', recurrent.bidirectional(wrapped)),
    timeDistributed: factory('TimeDistributed', recurrent.timeDistributed(wrapped)),
  }),
)

/** Other names of the same functions. */
const ALIASES: Readonly<Record<string, string>> = Object.fromEntries(
  [1, 2, 3].flatMap((axes) => [
    [`avgPool${axes}d`, `averagePooling${axes}d`],
    [`avgPooling${axes}d`, `averagePooling${axes}d`],
    [`maxPool${axes}d`, `maxPooling${axes}d`],
    [`globalMaxPool${axes}d`, `globalMaxPooling${axes}d`],
  ]),
)

function find(name: string): Factory | null {
  return FACTORIES.get(ALIASES[name] ?? name) ?? null
}

/** Class name of the layers that a function of `tf.layers` makes; null for a function that is not known here. */
export function kindOfFactory(name: string): string | null {
  return find(name)?.kind ?? null
}

/** The function of `tf.layers` that makes layers of a class; null for a class that is not known here. */
export function factoryOfKind(kind: string): string | null {
  for (const [name, factory] of FACTORIES) if (factory.kind === kind) return name
  return null
}

/**
 * What is known of a layer applied to inputs of given shapes.
 * @throws Unreadable where the code does not tell it, or TensorFlow.js would not build the layer
 */
export function factsOf(layer: StaticLayer, inputs: readonly Shape[]): LayerFacts {
  const found = find(layer.factory)
  if (!found) throw new Unreadable(layer.factory)
  return found.facts(new Config(layer), inputs)
}
