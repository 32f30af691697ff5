import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Pace } from '../../src/vscode/throttle.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('at once when idle, then at most once an interval, and the last request is served', () => {
  const call = vi.fn()
  const pace = new Pace(1000, call)
  pace.request()
  expect(call).toHaveBeenCalledTimes(1)
  for (let n = 0; n < 50; n++) {
    vi.advanceTimersByTime(100)
    pace.request()
  }
  expect(call.mock.calls.length).toBeLessThanOrEqual(6)
  vi.advanceTimersByTime(1000)
  const served = call.mock.calls.length
  vi.advanceTimersByTime(5000)
  expect(call).toHaveBeenCalledTimes(served)
})

test('cancelled, it calls no more', () => {
  const call = vi.fn()
  const pace = new Pace(1000, call)
  pace.request()
  pace.request()
  pace.cancel()
  vi.advanceTimersByTime(5000)
  expect(call).toHaveBeenCalledTimes(1)
})
