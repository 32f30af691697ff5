import { describe, expect, it } from 'vitest'
import { LAYER_KINDS } from '../../../src/model/layerKinds.ts'
import { layersOf, ofType, runPlain, train } from '../training.ts'

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

/** Widths that the source gives to the layers whose widths are overridden, by the name of the layer. */
const SOURCE_WIDTHS: Record<string, number> = {
  ...{ dense: 4, embedding: 4, dense_Dense1: 4, timeDistributed: 4 },
  ...{ conv1d: 4, conv2d: 4, conv2dTranspose: 3, conv3d: 3, conv3dTranspose: 2, separableConv2d: 4 },
  ...{ simpleRNN: 4, gru: 4, lstm: 4, rnn: 5, convLstm2d: 3 },
  // These are twice as wide as the argument says.
  ...{ bidirectional: 6, scaled: 8, early: 8 },
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
  it(
    'trains the model that the same values in the source make, for every kind of layer',
    { timeout: 240_000 },
    async () => {
      const sources = [...Object.values(SOURCES), ...FURTHER]
      const given: Record<string, object> = {}
      for (const [, layer, properties] of sources) given[layer] = { ...given[layer], ...properties }
      const [overridden, written] = await Promise.all([
        train(KINDS, { overrides: sources.map(([text]) => text) }),
        runPlain(KINDS, { args: [JSON.stringify(given)] }),
      ])
      expect(overridden.exitCode, overridden.stderr).toBe(0)
      expect(written.exitCode, written.stderr).toBe(0)
      const [models, expected] = [overridden, written].map(
        ({ stdout }) => JSON.parse(stdout) as Record<string, unknown>,
      )
      for (const name of Object.keys(SOURCES)) expect(models![name], name).toEqual(expected![name])
      expect(Object.keys(SOURCES)).toEqual(Object.keys(expected!))
      expect(overridden.state.problems).toEqual([])

      const layers = layersOf(overridden.events)
      const widths = layers.filter(({ width }) => width === 7)
      const kinds = [...LAYER_KINDS].filter(([, { widthProperty }]) => widthProperty !== null).map(([kind]) => kind)
      // TensorFlow.js has no gradient for a Conv3DTranspose.
      expect(widths.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds))

      // What they were made of is no layer of the program.
      expect(layers.filter(({ name }) => name === 'early' || name === 'scaled')).toHaveLength(2)

      const sourceWidths = layers.flatMap(({ id, sourceWidth }) =>
        sourceWidth === undefined ? [] : [[id, sourceWidth]],
      )
      expect(Object.fromEntries(sourceWidths)).toEqual(SOURCE_WIDTHS)
    },
  )

  it('finds layers without a name, in an ES module, by pattern and by line, and says so in the record', async () => {
    const overrides = ['dense_Dense1.width=5', 'sequential.mjs:6.units=9', 'drop*.rate=0.25']
    const { exitCode, stderr, stdout, state, events } = await train(SEQUENTIAL, { overrides })
    expect(exitCode, stderr).toBe(0)
    const layers = JSON.parse(stdout) as { name: string; units?: number; rate?: number }[]
    expect(layers.map(({ units, rate }) => units ?? rate)).toEqual([5, 9, 9, 0.25, 1])
    const kept = [
      { layer: 'dense_Dense1', property: 'width', value: 5 },
      { layer: 'sequential.mjs:6', property: 'units', value: 9 },
      { layer: 'drop*', property: 'rate', value: 0.25 },
    ]
    expect(ofType(events, 'run started')[0]?.overrides).toEqual(kept)
    expect(ofType(events, 'attached')[0]?.overrides).toEqual(kept)
    expect(state).toMatchObject({ overrides: kept, problems: [] })
  })

  it('sets a pattern on those of its layers that have the property', async () => {
    const { exitCode, stderr, stdout } = await train(SEQUENTIAL, { overrides: ['d*.units=3'] })
    expect(exitCode, stderr).toBe(0)
    const layers = JSON.parse(stdout) as { units?: number }[]
    expect(layers.map(({ units }) => units)).toEqual([3, 3, 3, undefined, 1])
  })

  it('gives the value to the class, whose own error names it', async () => {
    const { exitCode, stderr } = await train(SEQUENTIAL, { overrides: ['head.units=-1'] })
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('-1')
  })

  it('is none without overrides', async () => {
    const { exitCode, stdout, state, events } = await train(SEQUENTIAL)
    expect(exitCode).toBe(0)
    expect((JSON.parse(stdout) as { units?: number }[]).map(({ units }) => units)).toEqual([6, 8, 8, undefined, 1])
    expect(state.overrides).toEqual([])
    expect(ofType(events, 'run started')[0]).not.toHaveProperty('overrides')
  })
})

describe('an override that cannot be set ends the run before it trains', () => {
  it.each<{ why: string; script?: string; args?: string[]; overrides: string[]; message: string; advice: string }>([
    {
      why: 'the class has no such property',
      overrides: ['head.unitz=24'],
      message: 'The override head.unitz = 24 cannot be set: head (Dense) has no property unitz that can be.',
      advice: 'It has units, activation, useBias,',
    },
    {
      why: 'the class has no width',
      overrides: ['dropout_Dropout1.width=24'],
      message: 'dropout_Dropout1 (Dropout) has no property width that can be.',
      advice: 'It has rate, noiseShape, seed, trainable',
    },
    {
      why: 'a recurrent layer and its cell have no such property',
      script: KINDS,
      overrides: ['lstm.unitz=24'],
      message: 'lstm (LSTM) has no property unitz that can be.',
      advice: 'It has trainable, units, activation, recurrentActivation,',
    },
    {
      why: 'the layer is loaded',
      script: 'overrides/loaded.cjs',
      overrides: ['base.units=24'],
      message: 'The override base.units = 24 cannot be set: base (Dense) is loaded from a file.',
      advice: 'Override layers that the program constructs.',
    },
    {
      why: 'and the program catches the error',
      args: ['swallow'],
      overrides: ['head.unitz=24'],
      message: 'The override head.unitz = 24 cannot be set',
      advice: 'It has units, activation, useBias,',
    },
  ])('where $why', async ({ script = SEQUENTIAL, args, overrides, message, advice }) => {
    const { exitCode, stderr, state, events } = await train(script, { overrides, ...(args ? { args } : {}) })
    expect(exitCode, stderr).toBe(1)
    expect(state.problems).toHaveLength(1)
    expect(state.problems[0]?.message).toContain(message)
    expect(state.problems[0]?.advice).toContain(advice)
    expect(state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
    expect(ofType(events, 'step')).toEqual([])
    if (!args) expect(stderr).toContain(message)
  })
})

describe('an override that no layer has matched at the first step', () => {
  it('is reported at once, and ends the run with an error', async () => {
    const { exitCode, state, events } = await train(SEQUENTIAL, {
      overrides: ['hidden9.units=24', 'head.useBias=false'],
    })
    expect(exitCode).toBe(1)
    const message = 'No layer matches the override hidden9.units = 24.'
    expect(state.problems.map((problem) => problem.message)).toEqual([
      `At the first training step: ${message}`,
      message,
    ])
    expect(state.problems[1]?.advice).toContain(
      'The layers: dense_Dense1 (Dense), dense_Dense2 (Dense), dense_Dense3 (Dense), dropout_Dropout1 (Dropout), head (Dense).',
    )
    expect(state.ended).toMatchObject({ how: 'failed', exitCode: 1 })
    expect(ofType(events, 'step')).not.toEqual([])
  })

  it('is set on a layer of a model that is constructed after another was trained', async () => {
    const { exitCode, stdout, state } = await train(SEQUENTIAL, { args: ['later'], overrides: ['late.units=3'] })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('[null,3]')
    expect(state.layers.find(({ name }) => name === 'late')?.width).toBe(3)
  })
})
