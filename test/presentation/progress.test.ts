import { expect, test } from 'vitest'
import type { Progress } from '../../src/run/state.ts'
import { describeProgress } from '../../src/presentation/progress.ts'
import { runOf } from './layers.ts'

const progress: Progress = {
  step: 1240,
  epoch: 1,
  epochs: 10,
  stepInEpoch: 40,
  stepsPerEpoch: 100,
  loss: 0.5,
}
const title = (parts: Partial<Progress>) => describeProgress(runOf([], { progress: { ...progress, ...parts } }))

test('how far a run has come', () => {
  expect(title({})).toBe('Epoch 2/10 · 14 %')
  expect(title({ epoch: 9, stepInEpoch: 100 })).toBe('Epoch 10/10 · 100 %')
  expect(title({ stepInEpoch: 101 })).toBe('Epoch 2/10 · 20 %')
  expect(title({ stepsPerEpoch: null })).toBe('Epoch 2/10 · 10 %')
  expect(title({ epochs: null })).toBe('Epoch 2')
  expect(title({ epoch: null })).toBe('Step 1,240')
  expect(describeProgress(runOf([], { phase: 'starting' }))).toBe('Starting')
  expect(describeProgress(runOf([]))).toBe('Training')
})
