import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { summarise, type LayerSummary } from '../../src/presentation/layer/summary.ts'
import { train } from './training.ts'

/**
 * Runs a program of `test/fixtures/programs/ties` to its end.
 * @returns its layers' summaries, by name, as they would be if its last epoch had come three times: the programs are
 *   too short for widths to settle.
 */
async function summaries(name: string): Promise<Record<string, LayerSummary>> {
  const { state, exitCode } = await train(path.resolve('test/fixtures/programs/ties', `${name}.js`))
  expect({ exitCode, problems: state.problems }).toEqual({ exitCode: 0, problems: [] })
  for (const layer of state.layers) {
    const last = layer.windows.at(-1)
    layer.windows = last ? Array<typeof last>(3).fill(last) : []
  }
  return Object.fromEntries(state.layers.map((layer) => [layer.name, summarise(state, layer)]))
}

/** The width that each of the layers is advised to have; null for none. */
const widthsOf = (all: Record<string, LayerSummary>, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, all[name]?.advice?.width ?? null]))

describe('layers that have to have one width', () => {
  it('get none to try where one of them needs it', async () => {
    const all = await summaries('initialState')
    expect(widthsOf(all, 'encoder', 'decoder')).toEqual({ encoder: null, decoder: null })
    expect(all['encoder']).toMatchObject({
      verdict: 'underused',
      explanation: ['Its width has to be that of decoder: not all of them are underused.'],
    })
  })

  it.each([
    ['dot', ['user', 'item'], 'item', 'its vocabulary of 10'],
    ['opsAdd', ['stem', 'branch'], 'branch', 'the 3 units of narrow'],
    ['healthyPartner', ['stem', 'branch'], 'branch', 'the 4 units of squeeze'],
  ])('get none to try where something limits one of them: %s', async (program, group, limited, by) => {
    const all = await summaries(program)
    expect(widthsOf(all, ...group)).toEqual(Object.fromEntries(group.map((name) => [name, null])))
    expect(all[limited]?.verdictWord).toBe(`limited by ${by}`)
  })

  it('are judged by the examples of all inputs together: few items meet many users', async () => {
    const all = await summaries('dot')
    expect(all['user']?.verdict).toBe('healthy')
    expect(all['user']?.measurement?.effective).toBeGreaterThan(240)
  })

  it('get the same width to try, or none', async () => {
    const all = await summaries('heads')
    expect(widthsOf(all, 'att_q', 'att_k', 'att_v')).toEqual({ att_q: null, att_k: null, att_v: null })
    const widths = Object.values(widthsOf(all, 'embed', 'att_o'))
    expect(new Set(widths).size).toBe(1)
  })
})

describe("a width that is not the layer's own", () => {
  it('is that of a network that its weights are copied to, or of features that another made before', async () => {
    const { state, exitCode } = await train(path.resolve('test/fixtures/programs/ties/targetNetwork.js'))
    expect(exitCode).toBe(0)
    const groups = Object.fromEntries(state.layers.map(({ name, group }) => [name, group?.given]))
    expect(groups).toMatchObject({ dense_Dense1: 'weights', student: 'data' })
  })

  it('may be needed where predictions are handed on, or where the code reads a shape', async () => {
    for (const [program, unknown] of [
      ['handedOn', { codes: 'predict', teacherFeatures: 'predict', inner: null, hidden: null, teacherHidden: null }],
      ['shortcut', { stem: 'shape', firstOuter: 'shape', firstInner: null, secondOuter: null, squeezed: null }],
    ] as const) {
      const { state, exitCode } = await train(path.resolve('test/fixtures/programs/ties', `${program}.js`))
      expect({ exitCode, problems: state.problems }).toEqual({ exitCode: 0, problems: [] })
      const groups = Object.fromEntries(state.layers.map(({ name, group }) => [name, group]))
      for (const [name, reason] of Object.entries(unknown))
        expect(groups[name]).toMatchObject({ given: null, unknown: reason })
    }
  })

  it('is that of the tokens, behind a permutation', async () => {
    const all = await summaries('permute')
    expect(all['tokens2']?.advice).toBeNull()
    expect(all['embed']?.advice?.partners ?? null).toBeNull()
  })

  it('is needed by a reshape, and limited by the layer before it', async () => {
    const all = await summaries('reshape')
    expect(all['spread']).toMatchObject({
      verdictWord: 'limited by the 8 units of latent',
      advice: null,
    })
  })
})

describe('an output layer', () => {
  it('has a loss of its own, though another layer reads it', async () => {
    const all = await summaries('feedsOn')
    expect([all['coarse']?.verdict, all['fine']?.verdict]).toEqual(['output', 'output'])
  })

  it('is one of several that are called by hand', async () => {
    const all = await summaries('headsByHand')
    expect([all['pi']?.verdict, all['v']?.verdict]).toEqual(['output', 'output'])
    expect(all['trunk']?.verdict).not.toBe('output')
  })
})
