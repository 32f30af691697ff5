import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { summarise, type LayerSummary } from '../../src/presentation/layer/summary.ts'
import { fold } from '../../src/run/fold.ts'
import { emptyRun } from '../../src/run/state.ts'
import { trainInTurn } from './trainInTurn.ts'
import { epochsOf, layersOf, train, type Options } from './training.ts'

/** Runs a program of `test/fixtures/programs/limits` to its end. */
async function run(name: string, options: Options = {}) {
  const trained = await train(path.resolve('test/fixtures/programs/limits', `${name}.js`), options)
  expect(trained.exitCode).toBe(0)
  expect(trained.state.problems).toEqual([])
  return trained
}

/** Programs that are run as they are. */
const PROGRAMS = ['oneChannel', 'tables', 'vae', 'latent', 'bottleneck', 'separateActivation']

/** The summaries of a program's layers, by name. */
let summaries: (program: string) => Record<string, LayerSummary>

beforeAll(async () => {
  const { state, layersOf } = await trainInTurn('limits', PROGRAMS)
  summaries = (program) => Object.fromEntries(layersOf(program).map((layer) => [layer.name, summarise(state, layer)]))
})

/** The words for some of the layers. */
const wordsOf = (all: Record<string, LayerSummary>, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, all[name]?.verdictWord]))

describe('what limits a layer is named', () => {
  it('the positions of a kernel on one channel', () => {
    const all = summaries('oneChannel')
    expect(wordsOf(all, 'patch', 'grow')).toEqual({
      patch: 'limited by its 9 inputs',
      grow: 'limited by its 8 inputs',
    })
    expect(all['apart']?.verdict).not.toBe('limited')
    expect(all['patch']).toMatchObject({ advice: null, limitedBy: '9 inputs' })
    expect(all['patch']?.explanation).toEqual([
      'With its 9 inputs, its output has at most 9 independent directions before its activation: that so few ' +
        'dimensions are in use does not mean that the layer is too wide.',
    ])
  })

  it('ten classes, in an embedding, behind it, and in a one-hot encoding', () => {
    const all = summaries('tables')
    expect(wordsOf(all, 'embed', 'behind', 'encoded', 'out')).toEqual({
      embed: 'limited by its vocabulary of 10',
      behind: 'limited by the vocabulary of 10 of embed',
      encoded: 'limited by its 10 classes',
      out: 'output',
    })
  })

  it('the latent space before a decoder, though plain code samples from it', () => {
    const all = summaries('vae')
    expect(wordsOf(all, 'z_mean', 'z_log_var', 'decode')).toEqual({
      z_mean: 'healthy',
      z_log_var: 'healthy',
      decode: 'limited by the 2 units of z_mean',
    })
  })

  it('the latent space before a decoder in fit, though a custom layer samples from it', () => {
    const all = summaries('latent')
    // Full, but neither of the two is crowded: the task sets what they are.
    expect([all['z_mean']?.train?.shortDimensions, all['z_log_var']?.train?.shortDimensions]).toEqual(['4/4', '4/4'])
    expect(wordsOf(all, 'z_mean', 'z_log_var')).toEqual({ z_mean: 'healthy', z_log_var: 'healthy' })
    expect(all['decode']?.limitedBy).toMatch(/^the 4 units of z_(mean|log_var)$/)
  })

  it('the bottleneck of an autoencoder, behind dropout', () => {
    expect(wordsOf(summaries('bottleneck'), 'decode')).toEqual({ decode: 'limited by the 6 units of code' })
  })
})

describe('a linear layer with a separate activation', () => {
  it('is judged behind it, also behind normalisation, if nothing else takes its output', () => {
    const all = summaries('separateActivation')
    const behind = Object.fromEntries(Object.values(all).map(({ name, measuredBehind }) => [name, measuredBehind]))
    expect(behind).toMatchObject({ conv: 'relu', dense: 'tanh', both: null, out: null })
    expect(all['conv']?.evidence).toMatch(/ It is judged behind relu\.$/)
    expect(all['relu']).toMatchObject({ verdict: 'not measured', advice: null })
  })

  it('has the numbers that it has with a fused activation, in both splits', async () => {
    const { events, state } = await run('twins', { rows: 'all' })
    const lastOf = (name: string, split: 'train' | 'eval') => epochsOf(events, name, split).at(-1)!
    for (const name of ['conv', 'dense'])
      for (const split of ['train', 'eval'] as const) {
        const [fused, apart] = [lastOf(name, split), lastOf(`${name}_apart`, split)]
        expect(apart.k).toBe(fused.k)
        expect(apart.observations).toBe(fused.observations)
        expect(apart.trace! / fused.trace!).toBeCloseTo(1, 4)
      }
    expect(state.layers.find(({ name }) => name === 'dense_apart')?.sufficient?.k).toBe(lastOf('dense', 'train').k)
  })

  it('is measured itself where activations are left out', async () => {
    const { events } = await run('twins', { rows: 'all', measure: { preActivation: true } })
    expect(layersOf(events).some(({ measuredBehind }) => measuredBehind !== undefined)).toBe(false)
    const [fused, apart] = ['conv', 'conv_apart'].map((name) => epochsOf(events, name, 'train')[0]!)
    expect(apart!.trace! / fused!.trace!).toBeCloseTo(1, 4)
  })
})

describe('a network at its initialisation', () => {
  it('has no crowded layers, in an evaluation before training and in the first steps', async () => {
    const seen = new Set<string>()
    const { events } = await run('bottleneck', { env: { CODE: '12' } })
    expect(events.some(({ type }) => type === 'saturation')).toBe(true)
    const state = emptyRun()
    for (const event of events) {
      fold(state, event)
      if ((state.progress?.step ?? 0) >= 100) break
      for (const layer of state.layers) seen.add(summarise(state, layer).verdict)
    }
    expect(seen).not.toContain('crowded')
  })
})
