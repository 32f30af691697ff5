import { expect, test } from 'vitest'
import { isRunning, progressOf } from '../../src/editor/runTitles.ts'
import type { Progress } from '../../src/run/state.ts'
import { ENDED, runOf } from './layers.ts'

const progress: Progress = {
  step: 1240,
  epoch: 1,
  epochs: 10,
  stepInEpoch: 40,
  stepsPerEpoch: 100,
  loss: 0.5,
}
const title = (parts: Partial<Progress>) => progressOf(runOf([], { progress: { ...progress, ...parts } }))

test('how far a run has come', () => {
  expect(title({})).toBe('epoch 2 of 10 · 14 %')
  expect(title({ epoch: 9, stepInEpoch: 100 })).toBe('epoch 10 of 10 · 100 %')
  expect(title({ stepInEpoch: 101 })).toBe('epoch 2 of 10 · 20 %')
  expect(title({ stepsPerEpoch: null })).toBe('epoch 2 of 10 · step 1,240')
  expect(title({ epochs: null })).toBe('epoch 2 · step 1,240')
  expect(title({ epoch: null })).toBe('step 1,240')
  expect(progressOf(runOf([], { phase: 'starting' }))).toBe('starting')
  expect(progressOf(runOf([]))).toBe('training')
})

test('which file is running', () => {
  const run = runOf([], { script: 'train.js', cwd: '/project' })
  expect(isRunning(run, '/project/train.js')).toBe(true)
  expect(isRunning({ ...run, script: '/project/train.js', cwd: '/' }, '/project/train.js')).toBe(true)
  expect(isRunning(run, '/project/model.js')).toBe(false)
  expect(isRunning({ ...run, phase: 'ended', ended: ENDED }, '/project/train.js')).toBe(false)
  expect(isRunning(runOf([]), process.cwd())).toBe(false)
  expect(isRunning(null, '/project/train.js')).toBe(false)
})
