import { describe, expect, it } from 'vitest'
import { binnedSpectrum } from '../../../src/saturation/binnedSpectrum.ts'
import { spectrumOf } from '../../../src/saturation/spectrum.ts'
import { LogarithmicClock } from '../../../src/instrumentation/pacing/logarithmicClock.ts'
import { DutyCycle } from '../../../src/instrumentation/worker/dutyCycle.ts'

/** Most events up to time T, in ms, by the formula of docs/scale.md. */
function bound(T: number, minimum: number, perEFold: number): number {
  return 2 + perEFold * (1 + Math.max(0, Math.log(T / (minimum * perEFold))))
}

describe('a long run', () => {
  it.each([
    ['saturation of one layer', 500, 64, 0],
    ['overhead', 1000, 2000, 0],
    ['steps', 100, 20_000, 0],
    ['epochs', 100, 2000, 500],
  ])('reports %s as often as docs/scale.md says, and no more', (_, minimum, perEFold, first) => {
    const clock = new LogarithmicClock(minimum, perEFold, first)
    let times = 0
    // A million steps of 100 ms: 28 hours.
    for (let step = 0; step < 1_000_000; step++) {
      if (!clock.due(step * 100)) continue
      clock.done(step * 100)
      times++
    }
    expect(times).toBeLessThanOrEqual(first + bound(1e8, minimum, perEFold))
    expect(times).toBeGreaterThan(0.8 * bound(1e8, minimum, perEFold))
  })

  it('keeps the counts and sums of a spectrum in few numbers', () => {
    const values = Float64Array.from({ length: 4096 }, (_, i) => 1 / (i + 1))
    const whole = spectrumOf(values)
    const brief = binnedSpectrum(whole)
    expect(brief.head).toEqual(whole.head.slice(0, 32))
    expect(brief.tail.length).toBeLessThan(60)
    expect(brief.tail.reduce((sum, { count }) => sum + count, brief.head.length)).toBe(4096)
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
    expect(sum(brief.head) + sum(brief.tail.map((bin) => bin.sum))).toBeCloseTo(sum([...values]), 9)
    let at = 32
    for (const bin of brief.tail) {
      expect(bin.sum).toBeCloseTo(sum([...values.subarray(at, at + bin.count)]), 9)
      at += bin.count
    }
  })

  it('leaves a short spectrum as it is', () => {
    const whole = spectrumOf([3, 2, 1])
    expect(binnedSpectrum(whole)).toEqual(whole)
  })

  it('solves for a fixed share of one core, however long a solve takes', () => {
    for (const solve of [1, 40, 900]) {
      const duty = new DutyCycle(0.03, 0)
      let now = 0
      let spent = 0
      while (now < 1e6) {
        now += duty.delay(now)
        now += solve
        spent += solve
        duty.spend(solve)
      }
      expect(spent).toBeLessThanOrEqual(0.03 * 1e6 + 300 + 2 * solve)
      expect(spent).toBeGreaterThan(0.025 * 1e6)
    }
  })
})
