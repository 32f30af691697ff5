import { expect, it } from 'vitest'
import { ProcessorUse } from '../../../src/instrumentation/worker/processorUse.ts'

/** Solves 50 ms in each second of a training that keeps so many of two cores busy. */
function trained(busy: number): ProcessorUse {
  const use = new ProcessorUse(2, 0, 0)
  for (let second = 1; second <= 10; second++) use.solved(50, second * 1000, second * (1000 * busy + 50))
  return use
}

it('counts the solver’s time as far as no core is idle', () => {
  expect(trained(2).takenMs).toBeCloseTo(500)
  // The first second counts in full, because nothing is known of it.
  expect(trained(1).takenMs).toBeCloseTo(50)
  expect(trained(1.5).takenMs).toBeCloseTo(50 + 9 * 25)
})

it('leaves the solver the cores that are idle, and one in any case', () => {
  expect(trained(2).idleCores).toBe(1)
  expect(trained(0.5).idleCores).toBeCloseTo(1.5)
})
