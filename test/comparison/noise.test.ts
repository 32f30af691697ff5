import { describe, expect, it } from 'vitest'
import { holds, noiseBetween, tolerated } from '../../src/comparison/noise.ts'
import { metricNamed } from '../../src/run/metric.ts'

const accuracy = metricNamed('val_acc')
const loss = metricNamed('val_loss')

describe('what a metric may lose', () => {
  it('is the noise of the last third of the epochs where that is more than half a point', () => {
    const spread = noiseBetween([0.1, 0.5, 0.9, 0.9, 0.96, 0.98], [0.98])
    expect(spread).toEqual({ value: expect.closeTo(Math.SQRT2 / 100, 12) as number, of: 'epochs' })
    expect(tolerated(accuracy, 0.97, spread!.value)).toBeCloseTo(Math.SQRT2 / 100, 12)
    expect(tolerated(accuracy, 0.97, 0.001)).toBe(0.005)
  })

  it('is the noise of two trainings where that is more, or the epochs are too few', () => {
    expect(noiseBetween([0.9, 0.95], [0.95])).toBeNull()
    expect(noiseBetween([0.9, 0.95], [0.95, 0.99])).toEqual({
      value: expect.closeTo(0.04 / Math.SQRT2, 12) as number,
      of: 'trainings',
    })
    expect(noiseBetween([0.9, 0.95], [0.95, 0.95])).toEqual({ value: 0, of: 'trainings' })
    expect(noiseBetween([0, 0, 0, 0, 0.9, 0.95], [0.95, 0.951])).toMatchObject({ of: 'epochs' })
  })

  it('is a hundredth of a metric that is no share', () => {
    expect(tolerated(loss, 2, 0)).toBe(0.02)
    expect(tolerated(loss, -2, 0)).toBe(0.02)
  })
})

describe('a value holds', () => {
  it('up to the tolerance, on the side that is worse', () => {
    expect(holds(accuracy, 0.98, 0.975, 0.005)).toBe(true)
    expect(holds(accuracy, 0.98, 0.9749, 0.005)).toBe(false)
    expect(holds(accuracy, 0.98, 1, 0.005)).toBe(true)
    expect(holds(loss, 0.5, 0.505, 0.005)).toBe(true)
    expect(holds(loss, 0.5, 0.51, 0.005)).toBe(false)
    expect(holds(loss, 0.5, 0.1, 0.005)).toBe(true)
  })
})
