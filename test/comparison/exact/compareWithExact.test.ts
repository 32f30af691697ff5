import { expect, it } from 'vitest'
import { compareWithExact } from '../../../src/comparison/exact/compareWithExact.ts'
import { describeExact, exactCells, exactSummary } from '../../../src/presentation/trials/exact.ts'
import type { Exact } from '../../../src/protocol/trials/exact.ts'
import { exactPage } from '../../../src/report/html/exactPage.ts'
import { trials } from '../../../src/presentation/progress.ts'
import { ENDED, layer, measurement, runOf } from '../../presentation/layers.ts'

const EXACT: Exact = {
  model: 'm',
  source: 'training',
  examples: 2000,
  given: 2000,
  delta: 0.99,
  layers: [
    {
      layer: 'dense_1',
      name: 'dense_1',
      width: 128,
      observations: 2000,
      k: 12,
      band: { low: 11, high: 14 },
      blocks: 40,
      replicates: 200,
    },
  ],
  notes: [],
  seconds: 1,
}
const run = (exact: Exact | null) =>
  runOf([layer({ eval: measurement({ split: 'eval', k: 9 }) }, { k: 15 })], { exact })

it('sets the online estimate against the exact one, with a band of the error', () => {
  const compared = compareWithExact(run(EXACT))!
  expect(compared.layers[0]).toMatchObject({
    online: { k: 15, saturation: 15 / 128 },
    exact: { k: 12, low: 11, high: 14 },
    error: { k: { value: 3, low: 1, high: 4 }, saturation: { value: 3 / 128, low: 1 / 128, high: 4 / 128 } },
  })
  expect(exactCells(compared).rows).toEqual([
    ['dense_1', '15/128', '12 (11 to 14)', '+3 (+1 to +4)', '+2.3 (+0.8 to +3.1) points', '12,800', '2,000'],
  ])
  expect(describeExact(compared)).toContain('Exact: all rows of all 2,000 inputs that the last epoch was trained with')
})

it('takes the evaluation where no inputs of the training are known, and says what memory did not hold', () => {
  const compared = compareWithExact(run({ ...EXACT, source: 'validation', given: 9000 }))!
  expect(compared.layers[0]?.online.k).toBe(9)
  expect(describeExact(compared)).toContain('the first 2,000 of 9,000 validation examples of fit')
})

it('compares nothing of another width or delta, and no band where none is known', () => {
  expect(compareWithExact(run(null))).toBeNull()
  expect(compareWithExact(run({ ...EXACT, delta: 0.9 }))?.layers).toEqual([])
  expect(compareWithExact(run({ ...EXACT, layers: [{ ...EXACT.layers[0]!, width: 64 }] }))?.layers).toEqual([])
  const without = compareWithExact(run({ ...EXACT, layers: [{ ...EXACT.layers[0]!, band: null, replicates: 0 }] }))!
  expect(exactCells(without).rows[0]).toContain('+3')
  expect(describeExact(without)).not.toContain('draws')
})

it('is a page with chart, table and words, and names cannot break it', () => {
  const compared = compareWithExact(run(EXACT))!
  expect(exactSummary(compared)).toBe('The online saturation of dense_1 is off by 2.3 points.')
  expect(exactSummary({ ...compared, layers: [] })).toBe('No layer was compared.')
  compared.layers[0]!.name = '<script>'
  const page = exactPage('train.js', compared)
  expect(page).toContain('<svg')
  expect(page).toContain('12 (11 to 14)')
  expect(page).not.toContain('<script>')
})

it('says which layer is measured, how many are done, and the time left', () => {
  const running = { name: 'conv3', done: 2, of: 6, secondsLeft: 12 }
  const going = run({ ...EXACT, running })
  expect(trials(going)).toBe('Measuring exactly: conv3, 2 of 6 layers done, 12 s left')
  expect(trials({ ...going, ended: ENDED })).toBeNull()
  // Before the first layer is done there is nothing to compare.
  expect(compareWithExact(run({ ...EXACT, layers: [], running }))).toBeNull()
})
