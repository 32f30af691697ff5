import * as tf from '@tensorflow/tfjs'
import type { Literal, Node, Widths } from './description.ts'
import { Attention, Code, Gate, Residual } from './layerClasses.ts'
import { PLAIN_CODE } from './plainCode.ts'

const { layers } = tf
type Layer = tf.layers.Layer
type Options = Readonly<Record<string, Literal>>
type Recurrent = 'lstm' | 'gru' | 'simpleRNN'
/** The default, an orthogonal matrix, takes longer to make than all else. */
const recurrentInitializer = 'glorotUniform'

/** Makes a layer. @param width of its widths, by the part of a custom layer that has it; its own has no part */
type Make = (name: string, width: (part?: string) => number, options: Options, batch: number) => Layer

const dense = (name: string, units: number) => layers.dense({ name, units })
const recurrent = ({ of }: Options) => layers[of as Recurrent]
/** A layer that takes its width from what goes in. */
const plain =
  (make: (args: { name: string } & Record<string, unknown>) => unknown): Make =>
  (name, _width, options) =>
    // Reshape writes to its arguments.
    make({ name, ...structuredClone(options) }) as Layer

/** All layers of the random models, by kind. */
const MAKERS: Readonly<Record<string, Make>> = {
  dense: (name, width, options) => layers.dense({ name, units: width(), ...options }),
  embedding: (name, width, { inputDim, ...rest }) =>
    layers.embedding({ name, outputDim: width(), inputDim: inputDim as number, ...rest }),
  conv1d: (name, width, options) => layers.conv1d({ name, filters: width(), kernelSize: 2, ...options }),
  conv2d: (name, width, options) => layers.conv2d({ name, filters: width(), kernelSize: 2, ...options }),
  separable: (name, width, options) => layers.separableConv2d({ name, filters: width(), kernelSize: 2, ...options }),
  transposed: (name, width, options) => layers.conv2dTranspose({ name, filters: width(), kernelSize: 2, ...options }),
  depthwise: plain((args) => layers.depthwiseConv2d({ kernelSize: 2, ...args })),
  recurrent: (name, width, { of, ...rest }) =>
    recurrent({ of: of! })({ name, units: width(), recurrentInitializer, ...rest }),
  cells: (name, width, { lower, ...rest }) => {
    const cell = [
      layers.gruCell({ units: lower as number, recurrentInitializer }),
      layers.lstmCell({ units: width(), recurrentInitializer }),
    ]
    return layers.rnn({ name, cell, ...rest })
  },
  bidirectional: (name, width, { of, mergeMode, ...rest }) => {
    const layer = recurrent({ of: of! })({ units: width(), recurrentInitializer, ...rest })
    return layers.bidirectional({ name, layer, mergeMode: mergeMode as 'concat' })
  },
  distributed: (name, width) => layers.timeDistributed({ name, layer: layers.dense({ units: width() }) }),
  tower: (name, width, { inputs }) => {
    const first = layers.dense({ name: `${name}_a`, units: width('a'), inputShape: inputs as number[] })
    return tf.sequential({ name, layers: [first, dense(`${name}_b`, width('b'))] })
  },
  attention: (name, width, options) => {
    const parts = ['q', 'k', 'v', 'o'].map((part) => dense(`${name}_${part}`, width(part)))
    return new Attention(name, parts, options)
  },
  gate: (name, width) => new Gate(name, width(), dense(`${name}_inner`, width('inner'))),
  residual: (name, width) =>
    new Residual(name, dense(`${name}_first`, width('first')), dense(`${name}_second`, width('second'))),
  code: (name, _width, options, batch) =>
    new Code(name, batch, (inputs) => PLAIN_CODE[options['op'] as string]!(inputs, options)),
  batchNormalization: plain(layers.batchNormalization),
  layerNormalization: plain(layers.layerNormalization),
  activation: plain((args) => layers.activation(args as never)),
  prelu: plain(layers.prelu),
  dropout: plain((args) => layers.dropout(args as never)),
  maxPooling1d: plain((args) => layers.maxPooling1d({ poolSize: 2, ...args })),
  averagePooling1d: plain((args) => layers.averagePooling1d({ poolSize: 2, ...args })),
  maxPooling2d: plain((args) => layers.maxPooling2d({ poolSize: 2, ...args })),
  averagePooling2d: plain((args) => layers.averagePooling2d({ poolSize: 2, ...args })),
  upSampling2d: plain(layers.upSampling2d),
  zeroPadding2d: plain(layers.zeroPadding2d),
  globalAveragePooling1d: plain(layers.globalAveragePooling1d),
  globalMaxPooling1d: plain(layers.globalMaxPooling1d),
  globalAveragePooling2d: plain((args) => layers.globalAveragePooling2d(args)),
  globalMaxPooling2d: plain((args) => layers.globalMaxPooling2d(args)),
  flatten: plain(layers.flatten),
  reshape: plain((args) => layers.reshape(args as never)),
  permute: plain((args) => layers.permute(args as never)),
  repeatVector: plain((args) => layers.repeatVector(args as never)),
  mergeAdd: plain(layers.add),
  mergeAverage: plain(layers.average),
  mergeMaximum: plain(layers.maximum),
  mergeMinimum: plain(layers.minimum),
  mergeMultiply: plain(layers.multiply),
  concatenate: plain((args) => layers.concatenate(args)),
  dot: plain((args) => layers.dot(args as never)),
}

/** Makes the layer of a node. @throws Error for a kind that is not known, and what TensorFlow.js throws. */
export function buildLayer({ id, kind, options }: Node, widths: Widths, batch: number): Layer {
  const make = MAKERS[kind]
  if (!make) throw new Error(`no kind ${kind}`)
  return make(id, (part) => widths[part === undefined ? id : `${id}_${part}`]!, options, batch)
}
