import { describe, expect, it } from 'vitest'
import { TimeLimit } from '../../src/experiments/stopping/timeLimit.ts'
import type { Training } from '../../src/experiments/training.ts'
import { emptyRun } from '../../src/run/state.ts'

/** A training that took so many seconds, ten of which went by before its first step. */
function training(seconds: number, how: 'completed' | 'stopped' = 'completed'): Training {
  const ended = { how, exitCode: 0, signal: null, message: '', time: 1000 * seconds }
  return { log: '', epochs: [], state: { ...emptyRun(), startedAt: 0, firstStepAt: 10_000, ended } }
}

describe('the time of all trainings', () => {
  it('is that of three trainings of the wide network', () => {
    const time = new TimeLimit(training(110))
    expect(time.leftMs).toBe(220_000)
    // A half of the epochs takes ten seconds and a half of a hundred.
    for (const left of [160_000, 100_000, 40_000]) {
      expect(time.fits(0.5)).toBe(true)
      time.note(training(60), 0.5)
      expect(time.leftMs).toBe(left)
    }
    expect(time.fits(0.5)).toBe(false)
  })

  it('goes by how long the narrower trainings really take', () => {
    const time = new TimeLimit(training(110))
    time.note(training(120), 0.5)
    expect(time.fits(0.5)).toBe(false)
    const stopped = new TimeLimit(training(110))
    stopped.note(training(12, 'stopped'), 0.5)
    expect(stopped.fits(0.5)).toBe(true)
  })

  it('is a third of a minute for shorter ones', () => {
    expect(new TimeLimit(training(2)).leftMs).toBe(18_000)
  })
})
