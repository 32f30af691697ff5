import { expect, test } from 'vitest'
import type { EventBody, RunEvent } from '../../src/protocol/events.ts'
import { timeLeft, timeLeftWords } from '../../src/presentation/progress.ts'
import { fold } from '../../src/run/fold.ts'
import { emptyRun } from '../../src/run/state.ts'

/** How a program's calls of `fit` pass. Times are milliseconds. */
interface Fit {
  epochs: number
  steps: number
  stepMs: (step: number) => number
  validationMs: number
}

/** What was said of the present fit at a moment, and what then really passed until its end. */
interface Said {
  left: number | null
  real: number
  words: string | null
  epoch: number
  fit: number
}

/** Folds a program's events as the reporter sends them: a step every 100 ms, the last of an epoch after its validation. */
function follow(fits: Fit[], pauseMs = 0): Said[] {
  const run = emptyRun()
  const said: (Omit<Said, 'real'> & { at: number })[] = []
  const ends = new Map<number, number>()
  let [now, seq, step] = [0, 0, 0]
  const send = (body: EventBody): void => {
    fold(run, { ...body, seq: seq++, by: 'trainer', time: now } as RunEvent)
  }
  for (const [i, { epochs, steps, stepMs, validationMs }] of fits.entries()) {
    const fit = i + 1
    for (let epoch = 0; epoch < epochs; epoch++) {
      let reportedAt = -Infinity
      const report = (stepInEpoch: number, ago: number): void => {
        const place = { step, epoch, epochs, stepInEpoch, stepsPerEpoch: steps, fit, validates: validationMs > 0 }
        send({ type: 'step', ...place, ...(ago > 0 ? { ago } : {}), loss: null })
        reportedAt = now
      }
      for (let inEpoch = 1; inEpoch <= steps; inEpoch++) {
        now += stepMs(step++)
        if (now - reportedAt >= 100 && inEpoch < steps) report(inEpoch, 0)
        said.push({ left: timeLeft(run), words: timeLeftWords(run), epoch, fit, at: now })
      }
      now += validationMs
      report(steps, validationMs)
      send({ type: 'epoch', epoch, step, metrics: {} })
      ends.set(fit, now)
      said.push({ left: timeLeft(run), words: timeLeftWords(run), epoch: epoch + 1, fit, at: now })
    }
    now += pauseMs
    send({ type: 'overhead', share: 0, monitorMs: 0, trainingMs: 1 })
    said.push({ left: timeLeft(run), words: timeLeftWords(run), epoch: epochs, fit, at: now })
  }
  return said.map(({ at, ...rest }) => ({ ...rest, real: ends.get(rest.fit)! - at }))
}

function furthestOff(said: Said[]): number {
  return Math.max(...said.map(({ left, real }) => Math.abs((left ?? NaN) - real) / Math.max(real, 1000)))
}

/** The first steps take twenty times as long as the others. */
const warmingUp = (step: number): number => (step < 5 ? 200 : 10)

test('counts validation once it was seen, and the first steps no longer than they matter', () => {
  const said = follow([{ epochs: 5, steps: 400, stepMs: warmingUp, validationMs: 6000 }])
  expect(said.filter(({ epoch }) => epoch === 0).map(({ left }) => left)).toEqual(Array(400).fill(null))
  expect(furthestOff(said.filter(({ epoch }) => epoch >= 1 && epoch < 5))).toBeLessThan(0.2)
  expect(furthestOff(said.filter(({ epoch }) => epoch >= 3 && epoch < 5))).toBeLessThan(0.05)
})

test('without validation it is known in the first epoch', () => {
  const said = follow([{ epochs: 3, steps: 3000, stepMs: warmingUp, validationMs: 0 }])
  const after = (ms: number) => said.filter(({ real }) => real > 0 && real < said[0]!.real - ms)
  expect(furthestOff(after(5000))).toBeLessThan(0.3)
  expect(furthestOff(after(20_000))).toBeLessThan(0.1)
})

test('of a program that calls fit again and again, the present call is meant, and nothing is said between two', () => {
  const fit: Fit = { epochs: 2, steps: 500, stepMs: () => 20, validationMs: 0 }
  const said = follow([fit, { ...fit, epochs: 1 }, { ...fit, epochs: 1, steps: 40 }], 55_000)
  const [first, second, third] = [1, 2, 3].map((n) => said.filter(({ fit }) => fit === n))
  expect(first![500]!.words).toBe('10 s left')
  expect(second![300]!.words).toBe('4 s left of fit 2')
  // Too short to say anything of it.
  expect(third!.every(({ left }) => left === null)).toBe(true)
  for (const ofFit of [first, second, third]) expect(ofFit!.slice(-2).map(({ left }) => left)).toEqual([null, null])
})

test('what takes longer than before is not said to be over', () => {
  const said = follow([{ epochs: 2, steps: 500, stepMs: (step) => (step < 900 ? 10 : 500), validationMs: 0 }])
  expect(said.filter(({ left }) => left !== null && left <= 0)).toEqual([])
})
