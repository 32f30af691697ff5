import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { throttle } from '../../src/editor/throttle.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('at once when idle, then at most once an interval, and the last request is served', () => {
  const call = vi.fn()
  const throttled = throttle(1000, call)
  throttled.request()
  expect(call).toHaveBeenCalledTimes(1)
  for (let n = 0; n < 50; n++) {
    vi.advanceTimersByTime(100)
    throttled.request()
  }
  expect(call.mock.calls.length).toBeLessThanOrEqual(6)
  vi.advanceTimersByTime(1000)
  const served = call.mock.calls.length
  vi.advanceTimersByTime(5000)
  expect(call).toHaveBeenCalledTimes(served)
})

test('disposed, it calls no more', () => {
  const call = vi.fn()
  const throttled = throttle(1000, call)
  throttled.request()
  throttled.request()
  throttled.dispose()
  vi.advanceTimersByTime(5000)
  expect(call).toHaveBeenCalledTimes(1)
})
