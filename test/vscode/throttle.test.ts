import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Throttle } from '../../src/vscode/throttle.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('the task runs at once after a pause, then at most once per interval, and the last request is served', () => {
  const task = vi.fn()
  const throttle = new Throttle(1000, task)
  throttle.request()
  expect(task).toHaveBeenCalledTimes(1)
  for (let n = 0; n < 50; n++) {
    vi.advanceTimersByTime(100)
    throttle.request()
  }
  expect(task.mock.calls.length).toBeLessThanOrEqual(6)
  vi.advanceTimersByTime(1000)
  const served = task.mock.calls.length
  vi.advanceTimersByTime(5000)
  expect(task).toHaveBeenCalledTimes(served)
})

test('a cancelled request never runs the task', () => {
  const task = vi.fn()
  const throttle = new Throttle(1000, task)
  throttle.request()
  throttle.request()
  throttle.cancel()
  vi.advanceTimersByTime(5000)
  expect(task).toHaveBeenCalledTimes(1)
})
