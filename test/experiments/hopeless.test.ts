import { describe, expect, it } from 'vitest'
import { isHopeless } from '../../src/experiments/stopping/hopeless.ts'
import { metricNamed } from '../../src/run/metric.ts'

const accuracy = metricNamed('val_acc')
const loss = metricNamed('val_loss')
const of = (epochs: number, needed: number, noise = 0.002) => ({ epochs, needed, noise })

describe('a training is hopeless', () => {
  it('where going on as fast as it went does not reach what is needed', () => {
    expect(isHopeless(accuracy, [0.7, 0.71], of(4, 0.95))).toBe(true)
    expect(isHopeless(loss, [0.9, 0.88], of(4, 0.5))).toBe(true)
    expect(isHopeless(accuracy, [0.7, 0.85], of(4, 0.95))).toBe(false)
    expect(isHopeless(loss, [0.9, 0.7], of(4, 0.5))).toBe(false)
  })

  it('not where noise explains what is missing, or the best value so far was good', () => {
    expect(isHopeless(accuracy, [0.949, 0.949], of(4, 0.95))).toBe(false)
    expect(isHopeless(accuracy, [0.96, 0.9], of(3, 0.95))).toBe(false)
  })

  it('not after one epoch, nor after the last', () => {
    expect(isHopeless(accuracy, [0.1], of(8, 0.95))).toBe(false)
    expect(isHopeless(accuracy, [0.1, 0.1, 0.1], of(3, 0.95))).toBe(false)
  })

  it('where the metric is not a number any more', () => {
    expect(isHopeless(loss, [0.5, null], of(8, 0.5))).toBe(true)
  })
})
