import { describe, expect, it } from 'vitest'
import { Budget } from '../../../src/instrumentation/pacing/budget.ts'

/** Steps of 50 ms of training, with a monitor whose cost follows what the budget lets it measure. */
function simulate(budget: Budget, steps: number, fixed: number, perRow: number, width: number, rows: number): number {
  let now = 0
  let monitorMs = 0
  let share = 0
  for (let step = 0; step < steps; step++) {
    const included = budget.includes(step, budget.stride(width, rows, null))
    const cost = included ? fixed + perRow * budget.rows(width, rows, null) : 0
    monitorMs += cost
    now += 50 + cost
    budget.step(now, monitorMs)
    if (step >= steps / 2) share += cost / 50 / (steps / 2)
  }
  return share
}

describe('the budget', () => {
  it('leaves a cheap monitor alone: eight rows per feature of every layer', () => {
    const budget = new Budget(0.03)
    simulate(budget, 400, 0.1, 0.0005, 64, 100_000)
    expect(budget.sampling).toEqual({ rowsPerFeature: 8, layerStride: 1 })
  })

  it('gives up rows first, and keeps under the limit with them', () => {
    const budget = new Budget(0.03)
    const share = simulate(budget, 2000, 0.1, 0.005, 64, 100_000)
    expect(share).toBeLessThan(0.0165)
    expect(share).toBeGreaterThan(0.006)
    expect(budget.sampling.layerStride).toBe(1)
    expect(budget.sampling.rowsPerFeature).toBeLessThan(8)
  })

  it('measures wide layers of few rows in fewer steps: there are no rows to give up', () => {
    const budget = new Budget(0.03)
    const share = simulate(budget, 2000, 0.2, 0.05, 1024, 64)
    expect(share).toBeLessThan(0.035)
    expect(budget.rows(1024, 64, null)).toBe(64)
    const { layerStride } = budget.sampling
    expect(layerStride).toBeGreaterThan(1)
    // Layers take turns: in the long run each is in its share of the steps.
    const measured = Array.from({ length: 1000 }, (_, turn) => budget.includes(turn, layerStride)).filter(
      Boolean,
    ).length
    expect(Math.abs(measured - 1000 / layerStride)).toBeLessThanOrEqual(1)
  })

  it('measures fewer layers per step when fixed costs alone are too much', () => {
    const budget = new Budget(0.03)
    const share = simulate(budget, 4000, 6, 0.001, 64, 100_000)
    expect(share).toBeLessThan(0.035)
    expect(budget.sampling.layerStride).toBeGreaterThan(1)
  })

  it('takes enough of a known number of steps to judge a layer by, however little is left of the budget', () => {
    const budget = new Budget(0.03)
    simulate(budget, 4000, 6, 0.01, 64, 100_000)
    const { layerStride } = budget.sampling
    expect(layerStride).toBeGreaterThan(1)
    expect((budget.rows(256, 100_000, 125) * 125) / layerStride).toBeGreaterThanOrEqual(2560)
    expect(budget.rows(256, 64, 125)).toBeLessThanOrEqual(64)
  })

  it('leaves its time to the layers that need it: those with few rows in as many steps as judge them, the others in fewer', () => {
    const budget = new Budget(0.03)
    simulate(budget, 4000, 6, 0.01, 64, 100_000)
    const { layerStride } = budget.sampling
    expect(layerStride).toBeGreaterThan(3)
    expect(budget.stride(16, 43_264, 125)).toBe(layerStride)
    const stride = budget.stride(320, 64, 125)
    expect(stride).toBeLessThan(3)
    expect((budget.rows(320, 64, 125) * 125) / stride).toBeGreaterThanOrEqual(3200)
    // Where an epoch is too short to judge by, every step counts.
    expect(budget.stride(1024, 64, 20)).toBe(1)
    expect(budget.stride(320, 64, null)).toBe(layerStride)
  })

  it('is kept from the first second on: after a dear step nothing is measured until training has caught up', () => {
    const budget = new Budget(0.03)
    let [now, spent, most] = [0, 0, 0]
    for (let step = 0; step < 400; step++) {
      // A wide layer's rows are summed in every fourth step that takes some.
      const cost = budget.includes(step, budget.sampling.layerStride) ? (step % 4 ? 1 : 60) : 0
      spent += cost
      now += 50 + cost
      budget.step(now, spent)
      most = Math.max(most, spent - 0.03 * (now - spent))
    }
    // Never more in advance than two seconds allow, one step, and the first, which pays for more than itself.
    expect(most).toBeLessThanOrEqual(0.03 * 2000 + 60 + 60)
    expect(spent / (now - spent)).toBeGreaterThan(0.01)
    expect(budget.sampling.layerStride).toBeGreaterThan(1)
  })

  it('keeps back what the end of the windows will cost, and lets an evaluation be seen meanwhile', () => {
    const budget = new Budget(0.03)
    budget.step(0, 0)
    budget.step(50, 0, 20)
    expect(budget.includes(0, 1)).toBe(true)
    budget.step(100, 0, 100)
    expect(budget.includes(0, 1)).toBe(false)
    expect(budget.includes(0, 1, 'eval')).toBe(true)
    // The windows have ended and cost as much as was kept back: the next ones begin at once.
    budget.step(800, 25, 0)
    expect(budget.includes(0, 1)).toBe(true)
  })

  it('comes back when there is room', () => {
    const budget = new Budget(0.03)
    simulate(budget, 1000, 6, 0.01, 64, 100_000)
    simulate(budget, 4000, 0.05, 0.0001, 64, 100_000)
    expect(budget.sampling).toEqual({ rowsPerFeature: 8, layerStride: 1 })
  })

  it('takes every row of every step when told so', () => {
    const budget = new Budget(0.03, true)
    simulate(budget, 400, 50, 1, 64, 1000)
    expect(budget.rows(64, 43_264, null)).toBe(43_264)
    expect(budget.includes(3, budget.stride(64, 43_264, null))).toBe(true)
  })
})
