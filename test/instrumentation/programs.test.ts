import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/protocol/events.ts'
import { epochsOf, layersOf, ofType, runPlain, train, type Trained } from './training.ts'
import { sweep } from '../stress.ts'

const PROGRAMS = path.resolve('test/fixtures/programs')
const program = (name: string): string => path.join(PROGRAMS, name)

/** The number of feature vectors seen in the last window, by name of the layers that were measured in the split. */
function seen({ events }: Trained, split: 'train' | 'eval'): Record<string, number> {
  const all = ofType(events, 'saturation').flatMap((event) => event.layers)
  const names = Object.fromEntries(layersOf(events).map(({ id, name }) => [id, name]))
  const counts = all.filter((m) => m.split === split).map((m) => [names[m.layer] ?? m.layer, m.seen] as const)
  return Object.fromEntries(counts)
}

/** Why layers with weights are not measured, by name. */
function reasons({ events }: Trained): Record<string, string | null> {
  const unmeasured = layersOf(events).filter(({ notMeasured, parameters }) => notMeasured && parameters > 0)
  return Object.fromEntries(unmeasured.map(({ name, notMeasured }) => [name, notMeasured]))
}

/** Number, from 1, of the only line of a program's file that contains the text. */
function lineOf(file: string, text: string): number {
  const lines = readFileSync(program(file), 'utf8').split('\n')
  const found = lines.flatMap((line, i) => (line.includes(text) ? [i + 1] : []))
  if (found.length !== 1) throw new Error(`${file} has ${found.length} lines with ${text}`)
  return found[0]!
}

/** The file, relative to the programs' folder, and line where a layer is constructed. */
function place({ events }: Trained, name: string): { file: string; line: number } | null {
  const site = layersOf(events).find((layer) => layer.name === name)?.site
  return site ? { file: path.relative(PROGRAMS, site.file), line: site.line } : null
}

describe('every kind of layer', () => {
  let run: Trained
  beforeAll(async () => (run = await train(program('models/kinds.cjs'))))

  it.each([
    // Batches of 8, times positions, times steps of the last window.
    ['dense', 8 * 3],
    ['conv1d', 8 * 2 * 3],
    ['conv2d', 8 * 36 * 3],
    ['conv3d', 8 * 27 * 3],
    ['conv2dTranspose', 8 * 17 * 17 * 3],
    ['separableConv2d', 8 * 36 * 3],
    ['depthwiseConv2d', 8 * 36 * 3],
    ['channelsFirst', 8 * 36 * 3],
    ['simpleRNN', 8 * 3],
    ['gru', 8 * 4 * 3],
    ['lstm', 8 * 4 * 3],
    ['stacked', 8 * 3],
    ['bidirectional', 8 * 3],
    ['convLstm2d', 8 * 16 * 3],
    ['timeDistributed', 8 * 4 * 3],
    ['embedding', 8 * 6 * 3],
    // The window covers two fits, because one alone gives too few observations to judge the layer.
    ['stateful', 2 * 8 * 2],
  ])('%s gives %i feature vectors', (name, count) => {
    expect(seen(run, 'train')[name]).toBe(count)
    expect(place(run, name)).toEqual({ file: 'models/kinds.cjs', line: lineOf('models/kinds.cjs', `name: '${name}'`) })
  })

  it('knows the property that sets the width, also of recurrent layers', () => {
    const property = (name: string): unknown => layersOf(run.events).find((layer) => layer.name === name)?.widthProperty
    expect(
      ['dense', 'conv2d', 'embedding', 'lstm', 'convLstm2d', 'depthwiseConv2d', 'bidirectional'].map(property),
    ).toEqual(['units', 'filters', 'outputDim', 'units', 'filters', null, null])
  })

  it('a layer that is only evaluated shows in that split only', () => {
    expect(seen(run, 'eval')).toMatchObject({ conv3dTranspose: 8 * 125 })
    expect(seen(run, 'train')).not.toHaveProperty('conv3dTranspose')
  })

  it('says why a layer with weights is not measured', () => {
    expect(reasons(run)).toEqual({
      batchNormalization: 'it only rescales the features of the layer before it',
      prelu: 'it only rescales the features of the layer before it',
    })
  })
})

describe('models that are no chain', () => {
  let run: Trained
  beforeAll(async () => (run = await train(program('models/graph.mjs'))))

  it('pools the calls of a shared layer, and counts nested, attention and custom layers once', () => {
    const batches = 32
    const vectors = batches * 6
    expect(seen(run, 'train')).toEqual({
      ...{ shared: 2 * batches, encoder_0: batches, encoder_1: batches, same: batches, kind: batches },
      ...{ query: vectors, key: vectors, value: vectors, residual: vectors, gate: vectors, answer: batches },
    })
  })

  it.each([
    ['shared', 'models/graph.mjs', "name: 'shared'"],
    ['encoder_1', 'models/parts/blocks.mjs', 'i === 0'],
    ['residual', 'models/parts/blocks.mjs', '.dense({ ...defaults'],
    ['kind', 'models/graph.mjs', 'const kind ='],
    ['gate', 'models/graph.mjs', 'new Gate('],
    ['gate_inner', 'models/parts/gate.mjs', "name: 'gate_inner'"],
    ['key', 'models/graph.mjs', 'const project ='],
  ])('%s stands on its line in %s', (name, file, text) => {
    expect(place(run, name)).toEqual({ file, line: lineOf(file, text) })
  })

  it('marks the outputs, and shows the graph through nested models', () => {
    const layers = layersOf(run.events)
    expect(layers.filter(({ isOutput }) => isOutput).map(({ name }) => name)).toEqual(['same', 'kind', 'answer'])
    expect(layers.find(({ kind }) => kind === 'Concatenate')?.inbound).toEqual(['shared', 'encoder_1'])
  })

  it('reports that a layer hidden in a custom layer is not trained', () => {
    expect(reasons(run)['gate_inner']).toMatch(/no training step changes its weights/)
  })
})

it('measures layers of classes without a class name, which go by their name in the code', async () => {
  const run = await train(program('models/nameless.js'))
  expect(run.state.problems).toEqual([])
  expect(layersOf(run.events).map(({ kind }) => kind)).toEqual(['Dense', 'Noise', 'Mixing', 'Dense'])
  expect(seen(run, 'train')).toEqual({ first: 64, mixing: 64, answer: 64 })
})

it('takes a layer for an output if all layers behind it make no features of their own', async () => {
  const { events } = await train(program('models/ends.cjs'))
  const withWeights = layersOf(events).filter(({ parameters, kind }) => parameters > 0 && kind !== 'BatchNormalization')
  expect(Object.fromEntries(withWeights.map(({ name, isOutput }) => [name, isOutput]))).toEqual({
    ...{ hidden: false, logits: true, seed: false, paint: true, user: false, item: false },
  })
})

it('reports that a TensorFlow.js is too old to be measured, and still follows the training', async () => {
  const run = await train(program('models/tooOld.js'))
  expect(run.exitCode).toBe(0)
  expect(run.state.problems.map(({ message }) => message)).toEqual([expect.stringMatching(/too old for its layers/)])
  expect(reasons(run)).toEqual({ scale: expect.stringMatching(/TensorFlow.js is older than/) as string })
  expect(run.state.progress?.step).toBe(8)
})

it('explains a model of plain variables, and follows its steps', async () => {
  const { events, state, stdout } = await train(program('models/variables.js'))
  expect(stdout).toMatch(/^a = /)
  expect(state.progress?.step).toBe(20)
  expect(state.problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/ran no layer: what it trains are plain variables/),
  ])
  expect(layersOf(events)).toEqual([])
})

/** Feature vectors that the hidden layer of the job gave: in one window for each of its two epochs, or in one for both. */
const seenOf = (events: RunEvent[]) => epochsOf(events, 'job_hidden', 'train').reduce((sum, { seen }) => sum + seen, 0)

describe('a program of several processes', () => {
  it.each(
    sweep(['fork', 'shell', 'thread without arguments of node'], ['fork without arguments of node', 'spawn', 'thread']),
  )('has one run where a child trains (%s) and the parent builds, tries and checks the model', async (kind) => {
    const { events, state, exitCode, others } = await train(program('processes/fork.cjs'), { args: [kind] })
    expect(exitCode).toBe(0)
    expect(others).toEqual([])
    expect(state.problems).toEqual([])
    expect(state.progress?.step).toBe(8)
    expect(state.attached?.process).toMatchObject({ script: program('processes/parts/job.cjs'), args: ['train'] })
    expect(state.attached?.process?.thread === 0).toBe(!kind.startsWith('thread'))
    expect(seenOf(events)).toBe(128)
    expect(ofType(events, 'run ended')[0]).toMatchObject({ by: 'trainer', how: 'completed' })
  })

  it('has a separate run for each process or thread that trains', async () => {
    const plain = await runPlain(program('processes/pool.cjs'))
    const { others, stdout, stderr, exitCode, ...first } = await train(program('processes/pool.cjs'))
    // Its output is the same as without the monitor.
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: plain.stdout, stderr: '', exitCode: 0 })
    const all = [first, ...others]
    expect(all).toHaveLength(4)
    for (const { state, events } of all) {
      expect(state.problems).toEqual([])
      expect(state.progress?.step).toBe(8)
      expect(state.ended).toMatchObject({ how: 'completed', exitCode: 0 })
      expect(seenOf(events)).toBe(128)
    }
    const which = all.map(({ state }) => [
      path.basename(state.attached!.process!.script),
      state.attached!.process!.thread,
    ])
    expect(which.map(([script, thread]) => `${script} ${thread === 0 ? 'process' : 'thread'}`).sort()).toEqual([
      ...['job.cjs process', 'job.cjs process', 'job.cjs thread', 'pool.cjs process'],
    ])
    expect(new Set(all.map(({ state }) => state.attached!.pid)).size).toBe(3)
  })

  it('has a failed run for a child that fails, though the program goes on', async () => {
    const { state, others, exitCode } = await train(program('processes/search.cjs'), { args: ['fail', 'kill', 'end'] })
    expect(exitCode).toBe(0)
    const ends = [state, ...others.map((other) => other.state)].map(({ attached, ended }) => [
      attached?.process?.args[0],
      ended?.how,
      ended?.exitCode,
    ])
    expect(ends).toEqual([
      ['fail', 'failed', 3],
      ['kill', 'killed', 0],
      ['end', 'completed', 0],
    ])
  })
})

describe('models trained in turns', () => {
  it('report the progress of the fit that began first, and not of one that failed', async () => {
    const { events, state } = await train(program('models/turns.cjs'))
    const steps = ofType(events, 'step')
    expect(steps.at(-1)).toMatchObject({ epoch: 5, epochs: 6, stepInEpoch: 8, stepsPerEpoch: 8 })
    for (const { stepInEpoch, stepsPerEpoch } of steps) expect(stepInEpoch!).toBeLessThanOrEqual(stepsPerEpoch!)
    const reported = steps.map(({ epochs, epoch }) => ({ epochs: epochs!, epoch: epoch! }))
    const jumps = reported.filter((now, i) => i > 0 && now.epochs !== reported[i - 1]!.epochs)
    // The report changes at most once, from the failed fit to the one that goes on.
    expect(jumps.length).toBeLessThanOrEqual(1)
    const ofLong = reported.filter(({ epochs }) => epochs === 6).map(({ epoch }) => epoch)
    expect(ofLong).toEqual([...ofLong].sort((a, b) => a - b))
    expect(state.problems).toEqual([])
  })
})
