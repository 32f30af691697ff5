import { beforeAll, describe, expect, it } from 'vitest'
import { summarise, type LayerSummary } from '../../src/presentation/layer/summary.ts'
import type { LayerState } from '../../src/run/state.ts'
import { trainInTurn } from './trainInTurn.ts'

/** Programs of `test/fixtures/programs/ties`. */
const PROGRAMS = [
  'initialState',
  'dot',
  'opsAdd',
  'healthyPartner',
  'heads',
  'permute',
  'reshape',
  'feedsOn',
  'headsByHand',
  'targetNetwork',
  'handedOn',
  'shortcut',
]

let layersOf: (program: string) => LayerState[]
/** The summaries of a program's layers, by name. */
let summaries: (program: string) => Record<string, LayerSummary>

beforeAll(async () => {
  const trained = await trainInTurn('ties', PROGRAMS)
  // The programs are too short for widths to settle, so it is as if the last window of each layer had come three times.
  for (const layer of trained.state.layers) {
    const last = layer.windows.at(-1)
    layer.windows = last ? Array<typeof last>(3).fill(last) : []
  }
  layersOf = trained.layersOf
  summaries = (program) =>
    Object.fromEntries(layersOf(program).map((layer) => [layer.name, summarise(trained.state, layer)]))
})

/** The width that each of the layers is advised to have; null for none. */
const widthsOf = (all: Record<string, LayerSummary>, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, all[name]?.advice?.width ?? null]))

describe('layers that have to have one width', () => {
  it('get none to try where one of them needs it', () => {
    const all = summaries('initialState')
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
  ])('get none to try where something limits one of them: %s', (program, group, limited, by) => {
    const all = summaries(program)
    expect(widthsOf(all, ...group)).toEqual(Object.fromEntries(group.map((name) => [name, null])))
    expect(all[limited]?.verdictWord).toBe(`limited by ${by}`)
  })

  it('are judged by the examples of all inputs together: few items meet many users', () => {
    const all = summaries('dot')
    expect(all['user']?.verdict).toBe('healthy')
    expect(all['user']?.measurement?.effective).toBeGreaterThan(240)
  })

  it('get the same width to try, or none', () => {
    const all = summaries('heads')
    expect(widthsOf(all, 'att_q', 'att_k', 'att_v')).toEqual({ att_q: null, att_k: null, att_v: null })
    const widths = Object.values(widthsOf(all, 'embed', 'att_o'))
    expect(new Set(widths).size).toBe(1)
  })
})

describe("a width that is not the layer's own", () => {
  it('is that of a network that its weights are copied to, or of features that another made before', () => {
    const groups = Object.fromEntries(layersOf('targetNetwork').map(({ name, group }) => [name, group?.given]))
    expect(groups).toMatchObject({ dense_Dense1: 'weights', student: 'data' })
  })

  it.each([
    ['handedOn', { codes: 'predict', teacherFeatures: 'predict', inner: null, hidden: null, teacherHidden: null }],
    ['shortcut', { stem: 'shape', firstOuter: 'shape', firstInner: null, secondOuter: null, squeezed: null }],
  ])('may be needed by code beyond the steps: %s', (program, unknown) => {
    const groups = Object.fromEntries(layersOf(program).map(({ name, group }) => [name, group?.unknown]))
    expect(groups).toMatchObject(unknown)
  })

  it('is that of the tokens, behind a permutation', () => {
    const all = summaries('permute')
    expect(all['tokens2']?.advice).toBeNull()
    expect(all['embed']?.advice?.partners ?? null).toBeNull()
  })

  it('is needed by a reshape, and limited by the layer before it', () => {
    const all = summaries('reshape')
    expect(all['spread']).toMatchObject({
      verdictWord: 'limited by the 8 units of latent',
      advice: null,
    })
  })
})

describe('an output layer', () => {
  it('has a loss of its own, though another layer reads it', () => {
    const all = summaries('feedsOn')
    expect([all['coarse']?.verdict, all['fine']?.verdict]).toEqual(['output', 'output'])
  })

  it('is one of several that are called by hand', () => {
    const all = summaries('headsByHand')
    expect([all['pi']?.verdict, all['v']?.verdict]).toEqual(['output', 'output'])
    expect(all['trunk']?.verdict).not.toBe('output')
  })
})
