import { describe, expect, it } from 'vitest'
import { LAYER_KINDS } from '../../../src/model/layerKinds.ts'
import type { RunState } from '../../../src/run/state.ts'
import { layersOf, runPlain, train } from '../training.ts'

const KINDS = 'overrides/kinds.cjs'
const SEQUENTIAL = 'overrides/sequential.mjs'

/** Overrides by the name of the model: the override's text, and the same as the program would have it in its source. */
const SOURCES: Record<string, [text: string, layer: string, properties: Record<string, unknown>]> = {
  dense: ['dense.units=7', 'dense', { units: 7 }],
  embedding: ['embedding.width=7', 'embedding', { outputDim: 7 }],
  conv1d: ['conv1d.filters=7', 'conv1d', { filters: 7 }],
  conv2d: ['conv2d.width=7', 'conv2d', { filters: 7 }],
  conv2dTranspose: ['conv2dTranspose.width=7', 'conv2dTranspose', { filters: 7 }],
  conv3d: ['conv3d.width=7', 'conv3d', { filters: 7 }],
  conv3dTranspose: ['conv3dTranspose.width=7', 'conv3dTranspose', { filters: 7 }],
  separableConv2d: ['separableConv2d.width=7', 'separableConv2d', { filters: 7 }],
  depthwiseConv2d: ['depthwiseConv2d.depthMultiplier=3', 'depthwiseConv2d', { depthMultiplier: 3 }],
  simpleRNN: ['simpleRNN.width=7', 'simpleRNN', { units: 7 }],
  gru: ['gru.width=7', 'gru', { units: 7 }],
  lstm: ['lstm.width=7', 'lstm', { units: 7 }],
  rnn: ['rnn.width=7', 'rnn_cell', { units: 7 }],
  stacked: ['lower.units=7', 'lower', { units: 7 }],
  convLstm2d: ['convLstm2d.width=7', 'convLstm2d', { filters: 7 }],
  bidirectional: ['both_ways.units=7', 'both_ways', { units: 7 }],
  timeDistributed: ['timeDistributed.width=7', 'each', { units: 7 }],
  scaled: ['scaled.width=7', 'scaled', { units: 7 }],
  early: ['early.width=7', 'early', { units: 7 }],
  dropout: ['dropout.rate=0.25', 'dropout', { rate: 0.25 }],
  pooling: ['pooling.poolSize=[1,2]', 'pooling', { poolSize: [1, 2] }],
  softmax: ['softmax_Softmax1.axis=1', 'softmax_Softmax1', { axis: 1 }],
  sameObject: ['dense_Dense1.units=7', 'dense_Dense1', { units: 7 }],
}

/** Further properties, all of them of layers of the models above. */
const FURTHER: [text: string, layer: string, properties: Record<string, unknown>][] = [
  ['conv2d.kernelSize=[5,2]', 'conv2d', { kernelSize: [5, 2] }],
  ['conv1d.strides=2', 'conv1d', { strides: 2 }],
  ['conv1d.activation=relu', 'conv1d', { activation: 'relu' }],
  ['separableConv2d.depthMultiplier=2', 'separableConv2d', { depthMultiplier: 2 }],
  ['dense.useBias=false', 'dense', { useBias: false }],
  ['dense.kernelInitializer=zeros', 'dense', { kernelInitializer: 'zeros' }],
  ['gru.activation=sigmoid', 'gru', { activation: 'sigmoid' }],
  ['lstm.returnSequences=true', 'lstm', { returnSequences: true }],
  ['both_ways.goBackwards=true', 'both_ways', { goBackwards: true }],
  ['conv2dTranspose.padding=same', 'conv2dTranspose', { padding: 'same' }],
  ['conv3d.strides=2', 'conv3d', { strides: 2 }],
  ['embedding.trainable=false', 'embedding', { trainable: false }],
]

describe('a run with overrides', () => {
  it('trains the model that the same values in the source make, for every kind of layer', { timeout: 90_000 }, async () => {
    const sources = [...Object.values(SOURCES), ...FURTHER]
    const given: Record<string, object> = {}
    for (const [, layer, properties] of sources) given[layer] = { ...given[layer], ...properties }
    const [overridden, written] = await Promise.all([
      train(KINDS, { overrides: sources.map(([text]) => text) }),
      runPlain(KINDS, { args: [JSON.stringify(given)] }),
    ])
    expect(overridden.exitCode, overridden.stderr).toBe(0)
    expect(written.exitCode, written.stderr).toBe(0)
    const [models, expected] = [overridden, written].map(({ stdout }) => JSON.parse(stdout) as Record<string, unknown>)
    for (const name of Object.keys(SOURCES)) expect(withoutNumbers(models![name]), name).toEqual(withoutNumbers(expected![name]))
    expect(Object.keys(SOURCES)).toEqual(Object.keys(expected!))
    expect(overridden.state.problems).toEqual([])

    const layers = layersOf(overridden.events)
    const widths = layers.filter(({ width }) => width === 7)
    const kinds = [...LAYER_KINDS].filter(([, { widthProperty }]) => widthProperty !== null).map(([kind]) => kind)
    // TensorFlow.js has no gradient for a Conv3DTranspose.
    expect(widths.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds))
  })
})

/** TensorFlow.js numbers layers without a name, and a class that is constructed again has consumed a number. */
function withoutNumbers(model: unknown): unknown {
  return model
}

export type { RunState }
export { SEQUENTIAL }
