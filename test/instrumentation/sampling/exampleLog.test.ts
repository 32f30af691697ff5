import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import { ExampleLog } from '../../../src/instrumentation/sampling/independence/exampleLog.ts'
import { Fingerprints } from '../../../src/instrumentation/sampling/independence/fingerprints.ts'
import { engine, type Tensor } from '../../../src/instrumentation/tfjs/tfjs.ts'

/** Fingerprints of the examples from `first` on: their numbers, mixed. */
function examples(first: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => {
    const h = Math.imul(first + i + 1, 0x9e3779b1)
    return Math.imul(h ^ (h >>> 15), 0x85ebca6b) ^ (h >>> 7)
  })
}

describe('the log of examples', () => {
  it('counts how often examples appear again since a moment', () => {
    const log = new ExampleLog()
    for (let step = 0; step < 10; step++) log.endStep(examples(0, 16))
    const since = log.mark()
    expect(log.repeatsSince(since)).toBeNull()
    for (let step = 0; step < 40; step++) log.endStep(examples(16 * step, 16))
    expect(log.repeatsSince(since)).toBe(0)
    for (let step = 0; step < 40; step++) log.endStep(examples(16 * step, 16))
    expect(log.repeatsSince(since)).toBe(1)
    const fixed = log.mark()
    for (let step = 0; step < 50; step++) log.endStep(examples(0, 16))
    expect(log.repeatsSince(fixed)).toBe(49)
  })

  it('keeps few of many examples, and still counts them', () => {
    const log = new ExampleLog()
    const since = log.mark()
    for (let step = 0; step < 500; step++) log.endStep(examples(100 * step, 100))
    expect(log.repeatsSince(since)).toBe(0)
    for (let epoch = 0; epoch < 2; epoch++)
      for (let step = 0; step < 500; step++) log.endStep(examples(100 * step, 100))
    expect(log.repeatsSince(since)!).toBeCloseTo(2, 0)
  })

  it('allows for the steps without fingerprints', () => {
    const log = new ExampleLog()
    const since = log.mark()
    for (let step = 0; step < 200; step++) log.endStep(step % 10 === 0 ? examples(0, 16) : null)
    expect(log.repeatsSince(since)! / 199).toBeCloseTo(1, 1)
    const shuffled = log.mark()
    // Ten epochs, of which a random tenth of the steps is seen.
    const chance = gaussian(2000, 7)
    for (let step = 0; step < 2000; step++)
      log.endStep(chance[step]! > 1.28 ? examples(1000 + (step % 200) * 8, 8) : null)
    expect(log.repeatsSince(shuffled)! / 9).toBeGreaterThan(0.7)
    expect(log.repeatsSince(shuffled)! / 9).toBeLessThan(1.4)
  })
})

describe('fingerprints', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  it.each([0, 1000])('are equal for equal examples only, also about a mean of %d', (mean) => {
    const fingerprints = new Fingerprints()
    const x = tf.randomNormal([200, 3, 7], mean, 1, 'float32', 5)
    const before = tf.memory().numTensors
    const first = fingerprints.of(engine()!, x as unknown as Tensor)!
    expect(tf.memory().numTensors).toBe(before)
    expect(new Set(first).size).toBe(200)
    const order = tf.concat([x.slice([100], [100]), x.slice([0], [100])])
    const second = fingerprints.of(engine()!, order as unknown as Tensor)!
    expect(second.filter((value, i) => value === first[(i + 100) % 200]).length).toBeGreaterThan(190)
    const other = tf.randomNormal([200, 3, 7], mean, 1, 'float32', 6)
    const seen = new Set(first)
    expect(fingerprints.of(engine()!, other as unknown as Tensor)!.filter((value) => seen.has(value))).toHaveLength(0)
  })

  it('tell words apart, and take what holds no numbers for nothing', () => {
    const words = tf.range(0, 500, 1, 'int32').reshape([500, 1])
    expect(new Set(new Fingerprints().of(engine()!, words as unknown as Tensor)).size).toBe(500)
    expect(new Fingerprints().of(engine()!, tf.zeros([0, 3]) as unknown as Tensor)).toBeNull()
    expect(new Fingerprints().of(engine()!, tf.tensor1d(['a']) as unknown as Tensor)).toBeNull()
  })
})
