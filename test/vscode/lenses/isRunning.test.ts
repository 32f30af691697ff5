import { expect, test } from 'vitest'
import { isRunning } from '../../../src/vscode/lenses/isRunning.ts'
import { ENDED, runOf } from '../../presentation/layers.ts'

test('only the script of a run that has not ended is running', () => {
  const run = runOf([], { script: 'train.js', cwd: '/project' })
  expect(isRunning(run, '/project/train.js')).toBe(true)
  expect(isRunning({ ...run, script: '/project/train.js', cwd: '/' }, '/project/train.js')).toBe(true)
  expect(isRunning(run, '/project/model.js')).toBe(false)
  expect(isRunning({ ...run, phase: 'ended', ended: ENDED }, '/project/train.js')).toBe(false)
  expect(isRunning(runOf([]), process.cwd())).toBe(false)
  expect(isRunning(null, '/project/train.js')).toBe(false)
})
