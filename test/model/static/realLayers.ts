import * as tf from '@tensorflow/tfjs'
import type { ModelReading, ReadLayer } from '../../../src/source/model/reading.ts'

/** A layer of TensorFlow.js as the tests build it. */
export type RealLayer = tf.layers.Layer

/** Random initialisers cost most of the time of building layers, and no shape depends on them. */
const CHEAP: Readonly<Record<string, object>> = {
  separableConv2d: { depthwiseInitializer: 'zeros', pointwiseInitializer: 'zeros' },
  depthwiseConv2d: { depthwiseInitializer: 'zeros' },
  dense: { kernelInitializer: 'zeros' },
  ...Object.fromEntries(
    ['simpleRNN', 'gru', 'lstm', 'simpleRNNCell', 'gruCell', 'lstmCell', 'convLstm2d'].map((name) => [
      name,
      { kernelInitializer: 'zeros', recurrentInitializer: 'zeros' },
    ]),
  ),
}

/** Builds the layer of a reading with the real library. */
function construct({ factory, config, unknown }: ReadLayer): RealLayer {
  const nested = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(nested)
    if (typeof value !== 'object' || value === null) return value
    if ('factory' in value) return construct(value as ReadLayer)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, nested(each)]))
  }
  if (unknown === null) throw new Error('unknown')
  const make = (tf.layers as unknown as Record<string, (config: object) => RealLayer>)[factory]!
  return make({ ...(nested(config) as object), ...CHEAP[factory], name: undefined })
}

/**
 * Shape and number of weights of each application of a reading, built by the real library; null where it refuses, and
 * `unknown` where the reading does not know the arguments of a layer, or of one before it.
 */
export function realApplications({
  layers,
  applications,
}: ModelReading): ({ shape: unknown; parameters: number } | 'unknown' | null)[] {
  const made = new Map<number, RealLayer>()
  const outputs: (tf.SymbolicTensor[] | 'unknown' | null)[] = []
  return applications.map(({ layer: index, inputs }) => {
    const layer = layers[index]!
    const before = inputs?.map(({ application }) => outputs[application]!) ?? ['unknown' as const]
    const isOpen = layer.factory === 'implicitInput' && layer.unknown?.length !== 0
    if (layer.unknown === null || isOpen || before.includes('unknown')) {
      outputs.push('unknown')
      return 'unknown'
    }
    try {
      const tensors = inputs!.map(({ output }, n) => (before[n] as tf.SymbolicTensor[])[output]!)
      let result: tf.SymbolicTensor | tf.SymbolicTensor[]
      if (inputs!.length === 0) result = realInput(layer)
      else {
        const real = made.get(index) ?? construct(withoutInputShape(layer))
        made.set(index, real)
        result = real.apply(tensors.length === 1 ? tensors[0]! : tensors) as tf.SymbolicTensor
      }
      const list: tf.SymbolicTensor[] = Array.isArray(result) ? result : [result]
      outputs.push(list)
      return { shape: list[0]!.shape, parameters: made.get(index)?.countParams() ?? 0 }
    } catch {
      outputs.push(null)
      return null
    }
  })
}

/** The library warns of layers that are applied to another shape than they state. */
function withoutInputShape(layer: ReadLayer): ReadLayer {
  const config = Object.entries(layer.config).filter(([name]) => name !== 'inputShape' && name !== 'batchInputShape')
  return { ...layer, config: Object.fromEntries(config) }
}

/** The input that a layer's arguments describe, as the library itself reads them from the first layer of a model. */
function realInput({ factory, config, place }: ReadLayer): tf.SymbolicTensor {
  if (factory === 'input') return tf.input(config)
  const { of, ...first } = config
  const isGiven = 'inputShape' in config || 'batchInputShape' in config
  const described = isGiven ? 'inputLayer' : (of as string)
  const { inputShape, batchInputShape } = config
  const shapes = inputShape ? { inputShape } : { batchInputShape: batchInputShape as number[] }
  const layer = construct({ factory: described, config: isGiven ? shapes : first, unknown: [], place })
  return tf.sequential({ layers: [layer] }).inputs[0]!
}
