import { describe, expect, it } from 'vitest'
import { Budget } from '../../../src/instrumentation/pacing/budget.ts'

/**
 * Simulates steps of 50 ms of training, with a monitor whose cost follows from what the budget lets it measure.
 * @returns the monitor's share of training time in the second half of the steps
 */
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
  it('lets a cheap monitor measure everything: eight rows per feature of every layer', () => {
    const budget = new Budget(0.03)
    simulate(budget, 400, 0.1, 0.0005, 64, 100_000)
    expect(budget.sampling).toEqual({ rowsPerFeature: 8, layerStride: 1 })
  })

  it('takes fewer rows first, and stays below the limit with that', () => {
    const budget = new Budget(0.03)
    const share = simulate(budget, 2000, 0.1, 0.005, 64, 100_000)
    expect(share).toBeLessThan(0.0165)
    expect(share).toBeGreaterThan(0.006)
    expect(budget.sampling.layerStride).toBe(1)
    expect(budget.sampling.rowsPerFeature).toBeLessThan(8)
  })

  it('spends more while a layer has too few observations to be judged', () => {
    const [short, judged] = [new Budget(0.03), new Budget(0.03)]
    short.isShort = true
    const shares = [short, judged].map((budget) => simulate(budget, 4000, 0.2, 0.05, 1024, 64))
    expect(shares[0]! / shares[1]!).toBeGreaterThan(1.2)
    expect(shares[0]).toBeLessThan(0.025)
  })

  it('measures wide layers with few rows in fewer steps, because there are no rows to give up', () => {
    const budget = new Budget(0.03)
    const share = simulate(budget, 2000, 0.2, 0.05, 1024, 64)
    expect(share).toBeLessThan(0.035)
    expect(budget.rows(1024, 64, null)).toBe(64)
    const { layerStride } = budget.sampling
    expect(layerStride).toBeGreaterThan(1)
    // Layers take turns: in the long run each is measured in its share of the steps.
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

  it('takes enough rows in a window of known length to judge a layer, however small the budget is', () => {
    const budget = new Budget(0.03)
    simulate(budget, 4000, 6, 0.01, 64, 100_000)
    const { layerStride } = budget.sampling
    expect(layerStride).toBeGreaterThan(1)
    expect((budget.rows(256, 100_000, 125) * 125) / layerStride).toBeGreaterThanOrEqual(2560)
    expect(budget.rows(256, 64, 125)).toBeLessThanOrEqual(64)
  })

  it('measures layers with few rows in enough steps to judge them, and layers with many rows in fewer', () => {
    const budget = new Budget(0.03)
    simulate(budget, 4000, 6, 0.01, 64, 100_000)
    const { layerStride } = budget.sampling
    expect(layerStride).toBeGreaterThan(3)
    expect(budget.stride(16, 43_264, 125)).toBe(layerStride)
    const stride = budget.stride(320, 64, 125)
    expect(stride).toBeLessThan(3)
    expect((budget.rows(320, 64, 125) * 125) / stride).toBeGreaterThanOrEqual(3200)
    // If an epoch is too short to judge the layer, it is measured in every step.
    expect(budget.stride(1024, 64, 20)).toBe(1)
    expect(budget.stride(320, 64, null)).toBe(layerStride)
  })

  it('holds from the first second on: after an expensive step nothing is measured until training has earned the cost', () => {
    const budget = new Budget(0.03)
    let [now, spent, most] = [0, 0, 0]
    for (let step = 0; step < 400; step++) {
      // In every fourth step that takes rows of a wide layer, the rows are summed.
      const cost = budget.includes(step, budget.sampling.layerStride) ? (step % 4 ? 1 : 60) : 0
      spent += cost
      now += 50 + cost
      budget.step(now, spent)
      most = Math.max(most, spent - 0.03 * (now - spent))
    }
    // The excess is at most the credit of two seconds, one step, and the first step, whose cost is not
    // deducted.
    expect(most).toBeLessThanOrEqual(0.03 * 2000 + 60 + 60)
    expect(spent / (now - spent)).toBeGreaterThan(0.01)
    expect(budget.sampling.layerStride).toBeGreaterThan(1)
  })

  it('reserves the cost of the end of the windows, and still measures an evaluation', () => {
    const budget = new Budget(0.03)
    budget.step(0, 0)
    budget.step(50, 0, 20)
    expect(budget.includes(0, 1)).toBe(true)
    budget.step(100, 0, 100)
    expect(budget.includes(0, 1)).toBe(false)
    expect(budget.includes(0, 1, 'eval')).toBe(true)
    // The windows have ended and cost as much as was reserved: the next ones begin at once.
    budget.step(800, 25, 0)
    expect(budget.includes(0, 1)).toBe(true)
  })

  it('takes more again when the cost falls', () => {
    const budget = new Budget(0.03)
    simulate(budget, 1000, 6, 0.01, 64, 100_000)
    simulate(budget, 4000, 0.05, 0.0001, 64, 100_000)
    expect(budget.sampling).toEqual({ rowsPerFeature: 8, layerStride: 1 })
  })

  it('takes every row of every step on request', () => {
    const budget = new Budget(0.03, true)
    simulate(budget, 400, 50, 1, 64, 1000)
    expect(budget.rows(64, 43_264, null)).toBe(43_264)
    expect(budget.includes(3, budget.stride(64, 43_264, null))).toBe(true)
  })
})
