import { expect, test } from 'vitest'
import { chosenChanges, rightSizePlan } from '../../../src/advice/plan/rightSizePlan.ts'
import type { Plan, Proof } from '../../../src/protocol/proof.ts'

/** 10 inputs, a: 64 units, b: 32 units, 2 outputs; kernels and biases. */
const parametersOf = (a: number, b: number) => 10 * a + a + a * b + b + b * 2 + 2
const axis = (group: number) => ({ fixed: 0, groups: [{ group, each: 1 }] })
const plan = (tolerance: Plan['tolerance'], a: number, b: number): Plan => ({
  tolerance,
  limit: null,
  widths: { ...(a < 64 && { a }), ...(b < 32 && { b }) },
  parameters: parametersOf(a, b),
  flops: 2 * parametersOf(a, b),
  value: 0.9,
  interval: [-0.01, 0.01],
})
const proof: Proof = {
  ...{ metric: 'val_acc', better: 'higher', isShare: true, source: 'validation' },
  examples: { deciding: 100, reporting: 100 },
  recalibrated: [],
  parameters: parametersOf(64, 32),
  value: 0.91,
  groups: [
    {
      layers: ['a'],
      width: 64,
      kept: null,
      curve: [
        { width: 48, value: 0.905 },
        { width: 32, value: 0.9 },
      ],
    },
    { layers: ['b'], width: 32, kept: null, curve: [] },
  ],
  plans: [plan('lossless', 64, 24), plan('balanced', 40, 16), plan('smallest', 20, 8)],
  weights: [
    { layer: 'a', rest: 10, axes: [axis(0)] },
    { layer: 'a', rest: 1, axes: [axis(0)] },
    { layer: 'b', rest: 1, axes: [axis(0), axis(1)] },
    { layer: 'b', rest: 1, axes: [axis(1)] },
    { layer: 'out', rest: 2, axes: [axis(1)] },
  ],
  ...{ evaluations: 1, seconds: 1, phase: 'done' },
}

test('the rows of a plan, with what each costs alone', () => {
  const { rows, before, after, effect, isWhole } = rightSizePlan(proof, 'balanced')!
  expect(rows.map(({ layers, from, to }) => [layers[0], from, to])).toEqual([
    ['a', 64, 40],
    ['b', 32, 16],
  ])
  expect(rows.map((row) => row.parametersAlone)).toEqual([parametersOf(40, 32), parametersOf(64, 16)])
  expect(rows.map((row) => row.valueAlone)).toEqual([0.9, null])
  expect([before.parameters, after?.parameters]).toEqual([parametersOf(64, 32), parametersOf(40, 16)])
  expect(after).toMatchObject({ weightBytes: 4 * parametersOf(40, 16), trainingBytes: 12 * parametersOf(40, 16) })
  expect([isWhole, effect]).toEqual([true, { before: 0.91, after: 0.9, interval: [-0.01, 0.01] }])
})

test('without a row: parameters are counted anew, and nothing is proven', () => {
  const part = rightSizePlan(proof, 'balanced', new Set([1]))!
  expect([part.after?.parameters, part.isWhole, part.effect]).toEqual([parametersOf(40, 32), false, null])
  expect(chosenChanges(part)).toEqual([{ layer: 'a', from: 64, to: 40 }])
  const { weights, ...old } = proof
  expect(weights).toBeDefined()
  expect(rightSizePlan(old, 'balanced', new Set([1]))!.after).toBeNull()
})

test('a budget: the largest network within it', () => {
  expect(rightSizePlan(proof, { parameters: parametersOf(40, 16) })!.tolerance).toBe('balanced')
  expect(rightSizePlan(proof, { flops: 2 * parametersOf(40, 16) })!.tolerance).toBe('balanced')
  expect(rightSizePlan(proof, { parameters: 100 })).toBeNull()
  expect(rightSizePlan(proof, 'budget')).toBeNull()
})
