import { expect, it } from 'vitest'
import { DEFAULT_THRESHOLDS } from '../../src/advice/verdict.ts'
import type { RunState } from '../../src/run/state.ts'
import { statusText } from '../../src/presentation/statusLine.ts'
import { ENDED, layer, runOf } from './layers.ts'

const progress = { step: 540, epoch: 2, epochs: 12, stepInEpoch: 40, stepsPerEpoch: 250, loss: 0.2 }
const status = (parts: Partial<RunState>) =>
  statusText(runOf([layer({ id: 'a' }), layer({ id: 'b' }, { k: 64 })], parts), DEFAULT_THRESHOLDS)

it('says where the run stands and how many layers are underused', () => {
  const { text, tooltip, failed } = status({ progress, script: '/project/train.js' })
  expect(text).toBe('$(graph) Epoch 3/12 · 18 % · 1 underused')
  expect(tooltip).toContain('1 of 2 measured layers underused')
  expect(failed).toBe(false)
})

it('says what the budget has given up, and nothing where it has given up nothing', () => {
  const overhead = (rowsPerFeature: number | null, layerStride: number) =>
    status({ overhead: { share: 0.03, monitorMs: 3, trainingMs: 100, sampling: { rowsPerFeature, layerStride } } })
  expect(overhead(2, 1).tooltip).toContain('to stay within it: up to 2 of 8 observations per dimension\n')
  expect(overhead(1, 2.4567).tooltip).toContain('up to 1 of 8 observations per dimension, each layer in 1 of 2.5 steps')
  expect(overhead(7.99, 2).tooltip).toContain('to stay within it: each layer in 1 of 2 steps\n')
  expect(overhead(7.99, 1.04).tooltip).not.toContain('stay within')
  expect(overhead(8, 1).tooltip).not.toContain('stay within')
  expect(overhead(null, 1).tooltip).not.toContain('stay within')
})

it('says how the run ended, and warns of an end that nobody asked for', () => {
  const ended = (how: 'completed' | 'stopped' | 'failed') =>
    status({ progress, phase: 'ended', ended: { ...ENDED, how } })
  expect(ended('completed').text).toBe('$(graph) Finished · 1 underused')
  expect(ended('stopped')).toMatchObject({ text: '$(graph) Stopped · 1 underused', failed: false })
  expect(ended('failed')).toMatchObject({ text: '$(warning) Training failed · 1 underused', failed: true })
})
