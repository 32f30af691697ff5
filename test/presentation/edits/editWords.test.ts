import { expect, test } from 'vitest'
import { choiceWords, editWords, refusalWords } from '../../../src/presentation/edits/editWords.ts'
import type { Reason, WidthEdit } from '../../../src/source/edits/plan.ts'

const place = { file: '/p/model.js', start: 0, end: 3, line: 12, text: 'base * 2' }
const edit: WidthEdit = { ...place, text: '320', newText: '104', from: 320, to: 104, layers: ['a'], form: 'constant' }
const nameOf = (id: string) => ({ a: 'hidden1', b: 'hidden2' })[id] ?? id
const refused = (reason: Reason) => refusalWords({ layers: ['a'], from: 320, to: 104, reason }, nameOf)

test('edits and choices', () => {
  expect(editWords({ ...edit, layers: ['a', 'b'] }, nameOf)).toBe('hidden1 and hidden2: 104 instead of 320')
  expect(choiceWords({ layers: ['a'], definition: [edit], here: [], uses: [place] }, nameOf)).toEqual({
    title: 'The width of hidden1 is used elsewhere, too',
    definition: {
      label: 'Change it where it is defined, model.js:12',
      detail: '1 other use changes with it: model.js:12.',
    },
    here: null,
  })
})

test('refusals say what was found and where', () => {
  const parts = [{ ...place, line: 3, text: '32' }]
  expect(refused({ kind: 'computed', place, parts })).toBe(
    'The width of hidden1 is computed from 32 in model.js:3: `base * 2` in model.js:12. Change it by hand.',
  )
  expect(refused({ kind: 'other value', values: [{ value: 128, place }] })).toBe(
    'The source says 128 in model.js:12 here, but the run had 320 for hidden1. Run again.',
  )
  expect(refused({ kind: 'shared', place: { ...place, text: '64' }, layers: ['a', 'b'] })).toBe(
    '64 in model.js:12 makes 2 layers, which would all have to change: hidden1 and hidden2.',
  )
  expect(refused({ kind: 'tied', layers: ['b'] })).toBe(
    'hidden1 has to change together with hidden2, which cannot be edited.',
  )
})
