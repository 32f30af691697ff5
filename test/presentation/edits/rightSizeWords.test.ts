import { expect, test } from 'vitest'
import { rightSizePlan } from '../../../src/advice/plan/rightSizePlan.ts'
import { costWords, effectWords, rowWords } from '../../../src/presentation/proof/rightSizeWords.ts'
import type { Proof } from '../../../src/protocol/proof.ts'

const proof: Proof = {
  ...{ metric: 'val_acc', better: 'higher', isShare: true, source: 'validation' },
  examples: { deciding: 100, reporting: 100 },
  recalibrated: [],
  parameters: 1000,
  flops: 2_000_000,
  value: 0.91,
  groups: [
    { layers: ['a', 'b'], width: 64, kept: null, curve: [{ width: 32, value: 0.9 }] },
    { layers: ['c'], width: 10, kept: null, curve: [] },
  ],
  plans: [
    {
      ...{ tolerance: 'balanced', limit: null, widths: { a: 32, b: 32, c: 5 } },
      ...{ parameters: 500, flops: 800_000, value: 0.9, interval: [-0.02, 0] },
    },
  ],
  weights: [
    { layer: 'a', rest: 10, flopsEach: 1000, axes: [{ fixed: 0, groups: [{ group: 0, each: 1 }] }] },
    { layer: 'c', rest: 36, axes: [{ fixed: 0, groups: [{ group: 1, each: 1 }] }] },
  ],
  ...{ evaluations: 1, seconds: 1, phase: 'done' },
}

test('rows, costs and the effect; without a row nothing is predicted', () => {
  const whole = rightSizePlan(proof, 'balanced')!
  expect(whole.rows.map((row) => rowWords(proof, row, (id) => id.toUpperCase()))).toEqual([
    {
      name: 'A + B',
      change: '64 → 32 · saves 320 parameters',
      alone: 'alone, at this width or narrower: val_acc 90.0 %',
    },
    { name: 'C', change: '10 → 5 · saves 180 parameters', alone: null },
  ])
  expect(costWords(proof, whole)).toBe(
    '500 of 1,000 parameters (50 % fewer) · 800 k of 2 MFLOPs · weights 2 kB of 4 kB · with Adam’s state 6 kB of 12 kB',
  )
  expect(effectWords(proof, whole)).toBe('val_acc 90.0 % (−1.0); the difference is −2.0 to ±0 with 95 % confidence')
  const part = rightSizePlan(proof, 'balanced', new Set([1]))!
  expect(costWords(proof, part)).toContain('680 of 1,000 parameters (32 % fewer) · 1.68 M of 2 MFLOPs')
  expect(effectWords(proof, part)).toBe('No effect is predicted: only all rows together are proven.')
  const { weights: _, ...old } = proof
  expect(costWords(old, rightSizePlan(old, 'balanced', new Set([1]))!)).toContain('does not tell')
})
