import { expect, test } from 'vitest'
import { DEFAULT_THRESHOLDS } from '../../../src/advice/verdictKind.ts'
import { networksToTry } from '../../../src/presentation/actions/networksToTry.ts'
import { ENDED, layer, runOf } from '../layers.ts'
import { balanced, proofOf } from '../proofs.ts'

const LAYERS = ['a', 'b', 'c'].map((id) => layer({ id, name: id, width: 128, widthProperty: 'units' }))

test('plans of a proof and single widths: groups together, each network once', () => {
  const plans = [
    balanced({ a: 32, b: 32, c: 16 }),
    { ...balanced({ a: 32, b: 32, c: 16 }), tolerance: 'smallest' as const },
  ]
  const proof = proofOf([['a', 'b'], ['c']], plans)
  const found = networksToTry(runOf(LAYERS, { proof, ended: ENDED }), DEFAULT_THRESHOLDS)
  expect(found.map(({ name, changes }) => [name, changes.map(({ layer, to }) => `${layer} ${to}`).join()])).toEqual([
    ['balanced', 'a 32,b 32,c 16'],
    ['a + b', 'a 32,b 32'],
    ['c', 'c 16'],
  ])
  expect(found[1]!.description).toBe('128 → 32')
})

test('nothing where no width is proven or estimated', () => {
  const full = layer({ width: 128, widthProperty: 'units' }, { k: 70 })
  expect(networksToTry(runOf([full], { ended: ENDED }), DEFAULT_THRESHOLDS)).toEqual([])
})
