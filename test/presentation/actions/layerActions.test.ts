import { expect, test } from 'vitest'
import type { LayerState, RunState } from '../../../src/run/state.ts'
import { actionsOfLine } from '../../../src/presentation/actions/layerActions.ts'
import { suggestionOf } from '../../../src/presentation/actions/suggestion.ts'
import { summarise } from '../../../src/presentation/layer/summary.ts'
import { DEFAULT_THRESHOLDS } from '../../../src/advice/verdictKind.ts'
import { ENDED, layer, runOf } from '../layers.ts'
import { balanced, proofOf } from '../proofs.ts'

const ended = { ended: ENDED, phase: 'ended' } as const
const proof = proofOf([['dense_1']], [balanced({ dense_1: 44 })])
const override = { layer: 'dense_1', property: 'width', value: 44 }

function titles(shown: LayerState, parts: Partial<RunState> = {}, stale = false): string[] {
  const run = runOf([shown], parts)
  return summarise(run, shown, undefined, stale).actions.map(({ title }) => title)
}

test('a proven width can be used and tried, an estimated one proven', () => {
  expect(titles(layer(), { ...ended, proof })).toEqual(['Use 44 units', 'Try 44 units', 'Why?', 'Ignore'])
  expect(titles(layer(), ended)).toEqual(['Prove this', 'Why?', 'Ignore'])
  expect(titles(layer())).toEqual(['Why?', 'Ignore'])
  expect(titles(layer({ site: null }), { ...ended, proof })).toEqual(['Try 44 units', 'Why?', 'Ignore'])
})

test('a crowded layer can be tried twice as wide; a healthy one has no actions', () => {
  const steps = { first: 1, last: 500, epochs: 1 }
  expect(titles(layer({}, { k: 127, steps }), ended)).toEqual(['Try 256 units', 'Why?', 'Ignore'])
  expect(titles(layer({}, { k: 64 }), ended)).toEqual([])
})

test('edited code is trained again, a trial is applied or discarded', () => {
  expect(titles(layer(), { ...ended, proof, weights: { step: 1, bytes: 1 } }, true)).toEqual([
    'Run again',
    'from scratch',
  ])
  expect(titles(layer(), { ...ended, proof }, true)).toEqual(['Run again'])
  const tried = layer({ width: 44, sourceWidth: 128 })
  expect(titles(tried, { ...ended, overrides: [override] })).toEqual(['Apply 44 units', 'Discard', 'Why?'])
})

test('a line with several layers offers each action once, for the layers that have it', () => {
  const layers = ['a', 'b', 'c'].map((id) => layer({ id }, { k: id === 'c' ? 64 : 15 }))
  const widths = balanced({ a: 44, b: 52 })
  const run = runOf(layers, { ...ended, proof: proofOf([['a'], ['b'], ['c']], [widths]) })
  const offered = actionsOfLine(layers.map((each) => summarise(run, each)))
  expect(offered.map(({ title, layers: ids }) => [title, ids])).toEqual([
    ['Use 2 widths', ['a', 'b']],
    ['Try 2 widths', ['a', 'b']],
    ['Why?', ['a', 'b']],
    ['Ignore', ['a', 'b']],
  ])
})

test('a run that has ended suggests one thing: what was edited, tried, planned or flagged', () => {
  const suggest = (run: RunState, stale: string[] = [], ignored: string[] = []) =>
    suggestionOf(run, DEFAULT_THRESHOLDS, new Set(stale), new Set(ignored))?.actions.map(({ title }) => title)
  expect(suggest(runOf([layer()]))).toBeUndefined()
  expect(suggest(runOf([layer()], ended))).toEqual(['Prove this'])
  expect(suggest(runOf([layer()], ended), [], ['dense_1'])).toBeUndefined()
  expect(suggest(runOf([layer()], ended), ['dense_1'])).toEqual(['Run again'])
  const tried = layer({ width: 44, sourceWidth: 128 })
  expect(suggest(runOf([tried], { ...ended, overrides: [override] }))).toEqual(['Apply 44 units', 'Discard'])
  const two = runOf([layer({ id: 'a' }), layer({ id: 'b' })], {
    ...ended,
    proof: proofOf([['a'], ['b']], [balanced({ a: 44, b: 44 })]),
  })
  expect(suggest(two)).toEqual(['Right-size this Model…'])
})
