import { expect, test } from 'vitest'
import { misfitWords } from '../../../src/presentation/edits/editWords.ts'
import { emptyRun, type LayerState, type RunState } from '../../../src/run/state.ts'
import { planWidthEdits } from '../../../src/source/edits/planWidthEdits.ts'
import { namesIn, wantedNumbers, widthRequest } from '../../../src/vscode/hints/acting/widthRequest.ts'
import { layer } from '../../presentation/layers.ts'

const FILE = '/p/train.js'
const CODE = [
  'const a = tf.layers.dense({ units: 256 })',
  'const b = tf.layers.reshape({ targetShape: [4, 4, 16] })',
  'const c = tf.layers.dense({ units: 8, inputShape: [99] })',
  'const d = tf.layers.dense({ units: 6, inputShape: [8] })',
].join('\n')

function madeBy(line: number, kind: string, outputShape: (number | null)[], parts: Partial<LayerState>): LayerState {
  const width = outputShape.at(-1) ?? null
  const id = 'abcd'[line - 1]!
  return layer({ id, name: id, kind, outputShape, width, site: { file: FILE, line, column: 11 }, ...parts })
}

const run: RunState = {
  ...emptyRun(),
  layers: [
    madeBy(1, 'Dense', [null, 256], { widthProperty: 'units', inbound: [] }),
    madeBy(2, 'Reshape', [null, 4, 4, 16], { widthProperty: null, inbound: ['a'] }),
    madeBy(3, 'Dense', [null, 8], { widthProperty: 'units', inbound: ['a'] }),
    madeBy(4, 'Dense', [null, 6], { widthProperty: 'units', inbound: ['c'] }),
  ],
}

/** The edits of changes, as words, and what was refused. */
function edits(...changes: { layer: string; from: number; to: number }[]) {
  const wanted = wantedNumbers(run, changes)
  const request = widthRequest(run, wanted, ({ site }) => site)
  const plan = planWidthEdits(request, (file) => (file === FILE ? CODE : null))
  const nameOf = namesIn(run, wanted)
  return {
    edits: plan.edits.map(({ layers, from, to }) => `${layers.map(nameOf).join()}: ${from} → ${to}`),
    refused: plan.refused,
    misfits: wanted.misfits.map((number) => misfitWords(number, nameOf)),
  }
}

test('a target shape and an input shape follow the width; an input shape that is ignored does not', () => {
  expect(edits({ layer: 'a', from: 256, to: 128 }, { layer: 'c', from: 8, to: 5 })).toEqual({
    edits: ['a: 256 → 128', 'targetShape[2] of b: 16 → 8', 'c: 8 → 5', 'inputShape[0] of d: 8 → 5'],
    refused: [],
    misfits: [],
  })
})

test('a width that a target shape has no whole number for stays, and so says the reason', () => {
  expect(edits({ layer: 'a', from: 256, to: 120 }, { layer: 'c', from: 8, to: 5 })).toEqual({
    edits: ['c: 8 → 5', 'inputShape[0] of d: 8 → 5'],
    refused: [],
    misfits: ['a stays as it is: targetShape[2] of b, 16 now, would be no whole number.'],
  })
})
