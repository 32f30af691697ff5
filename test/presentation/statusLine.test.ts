import { expect, it } from 'vitest'
import { DEFAULT_THRESHOLDS } from '../../src/advice/verdictKind.ts'
import type { LayerState, RunState } from '../../src/run/state.ts'
import { describeStatus } from '../../src/presentation/statusLine.ts'
import { ENDED, layer, runOf } from './layers.ts'

const progress = { step: 540, epoch: 2, epochs: 12, stepInEpoch: 40, stepsPerEpoch: 250, loss: 0.2 }
const status = (parts: Partial<RunState>) =>
  describeStatus(runOf([layer({ id: 'a' }), layer({ id: 'b' }, { k: 64 })], parts), DEFAULT_THRESHOLDS)

it('shows the progress and the number of underused layers', () => {
  const { icon, text, tooltip, failed } = status({ progress, script: '/project/train.js' })
  expect(icon).toBe('graph')
  expect(text).toBe('Epoch 3/12 · 18 % · 1 underused')
  expect(tooltip).toContain('1 of 2 measured layers underused')
  expect(failed).toBe(false)
})

it('shows what the budget leaves out, if anything', () => {
  const overhead = (rowsPerFeature: number | null, layerStride: number) =>
    status({ overhead: { share: 0.03, monitorMs: 3, trainingMs: 100, sampling: { rowsPerFeature, layerStride } } })
  expect(overhead(2, 1).tooltip).toContain('to stay within it: up to 2 of 8 observations per dimension\n')
  expect(overhead(1, 2.4567).tooltip).toContain('up to 1 of 8 observations per dimension, each layer in 1 of 2.5 steps')
  expect(overhead(7.99, 2).tooltip).toContain('to stay within it: each layer in 1 of 2 steps\n')
  expect(overhead(7.99, 1.04).tooltip).not.toContain('stay within')
  expect(overhead(8, 1).tooltip).not.toContain('stay within')
  expect(overhead(null, 1).tooltip).not.toContain('stay within')
})

it('shows how the run ended, and warns if the user did not ask for that end', () => {
  const ended = (how: 'completed' | 'stopped' | 'failed') =>
    status({ progress, phase: 'ended', ended: { ...ENDED, how } })
  expect(ended('completed')).toMatchObject({ icon: 'graph', text: 'Finished · 1 underused' })
  expect(ended('stopped')).toMatchObject({ icon: 'graph', text: 'Stopped · 1 underused', failed: false })
  expect(ended('failed')).toMatchObject({ icon: 'warning', text: 'Training failed · 1 underused', failed: true })
})

it('does not call a run finished alone whose layers do not work', () => {
  const broken = (...layers: LayerState[]) =>
    describeStatus(runOf(layers, { progress, phase: 'ended', ended: { ...ENDED } }), DEFAULT_THRESHOLDS)
  const nan = (id: string) => layer({ id }, { status: 'nonFinite', k: 0, trace: null })
  const dead = layer({ id: 'dead' }, { status: 'constant', k: 0, trace: 0 })
  expect(broken(nan('a'), nan('b'))).toMatchObject({
    text: 'Finished · all 2 layers with NaN or infinity',
    icon: 'warning',
    failed: false,
  })
  const some = broken(nan('a'), dead, layer({ id: 'c' }, { k: 64 }))
  expect(some.text).toBe('Finished · 1 of 3 layers with NaN or infinity, 1 dead')
  expect(some.tooltip).toContain('\n1 of 3 layers with NaN or infinity, 1 dead.\n')
  expect(broken(dead).text).toBe('Finished · the only layer dead')
})
