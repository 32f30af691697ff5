import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Covariance } from '../../../src/saturation/covariance.ts'
import { measure } from '../../../src/saturation/measure.ts'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import { DEFAULT_OPTIONS } from '../../../src/protocol/measureOptions.ts'
import { measureSketchInSteps } from '../../../src/saturation/sketch/measureSketch.ts'
import type { Sketch } from '../../../src/saturation/sketch/sketch.ts'
import { runToCompletion } from '../../../src/saturation/linalg/runToCompletion.ts'
import { PortableSummer, type Summer } from '../../../src/instrumentation/sampling/batchSums.ts'
import { engine, type Tensor } from '../../../src/instrumentation/tfjs/tfjs.ts'
import { Window } from '../../../src/instrumentation/sampling/window.ts'
import { expected } from '../../saturation/oracle.ts'

const WIDTH = 16

/** [count][WIDTH] float32 features whose spectrum decays. */
function features(count: number, mean: number, sd: number, seed: number): number[][] {
  const mix = gaussian(WIDTH * WIDTH, 5)
  const noise = gaussian(count * WIDTH, seed)
  return Array.from({ length: count }, (_, r) =>
    Array.from({ length: WIDTH }, (_, i) => {
      let value = 0
      for (let j = 0; j < WIDTH; j++) value += noise[r * WIDTH + j]! * mix[i * WIDTH + j]! * 0.7 ** j
      return Math.fround(mean + sd * value)
    }),
  )
}

describe.each([
  { path: 'sums of whole batches', rows: 1024 },
  { path: 'rows that are summed later', rows: 100 },
])('a window over $path', ({ rows }) => {
  let summer: Summer
  let rejectedSteps: number[] = []
  let step = 0
  const window = () => new Window(WIDTH, summer, (at) => rejectedSteps.push(at))
  const add = (to: Window, batch: number[][]): void => {
    const output = tf.tensor2d(batch)
    to.add(output as unknown as Tensor, Infinity, step++)
    output.dispose()
  }
  beforeAll(async () => {
    await tf.setBackend('cpu')
    summer = new PortableSummer(engine()!)
  })

  it('counts the rows of steps of which nothing was taken as seen', () => {
    const one = window()
    const batch = features(rows, 0, 1, 3)
    add(one, batch)
    one.skip(rows)
    one.skip(rows / 2)
    expect({ seen: one.seen, count: one.count }).toEqual({ seen: 2.5 * rows, count: rows })
  })

  it('stays exact while means go thousands of standard deviations away', () => {
    const one = window()
    const batches = [0, 1000, 1000, 5000].map((mean, i) => features(rows, mean, 0.5, i + 1))
    for (const batch of batches) add(one, batch)
    one.flush()
    one.reset()
    for (const batch of batches.slice(1)) add(one, batch)
    one.reset()
    add(one, batches[3]!)
    one.flush()
    const truth = expected(batches[3]!, 0.99)
    expect(measure(one.accumulator as Covariance, 0.99)).toMatchObject({ status: 'ok', k: truth.k })
    expect(one.accumulator.trace() / truth.trace).toBeCloseTo(1, 5)
  })

  it('reports a layer as constant that dies, or whose outputs become constant far from their mean', () => {
    for (const value of [0, 0.3, -7e4]) {
      const one = window()
      add(one, features(rows, 2, 1, 3))
      one.flush()
      one.reset()
      for (let i = 0; i < 7; i++) add(one, new Array<number[]>(rows - i).fill(new Array<number>(WIDTH).fill(value)))
      one.flush()
      expect(measure(one.accumulator as Covariance, 0.99)).toMatchObject({ status: 'constant', k: 0, trace: 0 })
    }
  })

  it.each([1e-25, 1e25])('takes features of %d, whose squares float32 cannot hold', (scale) => {
    const one = window()
    const batch = features(rows, 0, 1, 4).map((row) => row.map((value) => Math.fround(value * scale)))
    add(one, batch)
    one.flush()
    const truth = expected(batch, 0.99)
    expect(measure(one.accumulator as Covariance, 0.99, one.rejected)).toMatchObject({ status: 'ok', k: truth.k })
    expect(one.accumulator.trace() / truth.trace).toBeCloseTo(1, 9)
  })

  it('rejects batches with NaN or infinity, and no others', () => {
    rejectedSteps = []
    const first = step
    const one = window()
    const batches = [1, 2, 3, 4].map((seed) => features(rows, 1, 1, seed))
    batches[0]![1]![2] = NaN
    batches[2]![3]![4] = -Infinity
    for (const batch of batches) add(one, batch)
    one.flush()
    expect([one.rejected, one.accumulator.count, rejectedSteps]).toEqual([2 * rows, 2 * rows, [first, first + 2]])
    const truth = expected([...batches[1]!, ...batches[3]!], 0.99)
    expect(measure(one.accumulator as Covariance, 0.99, one.rejected)).toMatchObject({
      status: 'nonFinite',
      k: truth.k,
    })
  })

  it('keeps a sketch of a layer that is wider than exactWidth', () => {
    rejectedSteps = []
    const first = step
    const options = { ...DEFAULT_OPTIONS, exactWidth: WIDTH - 1 }
    const one = new Window(WIDTH, summer, (at) => rejectedSteps.push(at), options)
    const batches = [1, 2, 3].map((seed) => features(rows, 40, 1, seed))
    batches[1]![1]![2] = NaN
    for (const batch of batches) add(one, batch)
    one.flush()
    const truth = expected([...batches[0]!, ...batches[2]!], 0.99)
    const sketch = one.accumulator as Sketch
    expect([one.rejected, sketch.count, rejectedSteps]).toEqual([rows, 2 * rows, [first + 1]])
    expect(sketch.trace() / truth.trace).toBeCloseTo(1, 4)
    // The sketch has as many directions as features, so its bounds are exact.
    expect(runToCompletion(measureSketchInSteps(sketch, 0.99))).toMatchObject({
      k: truth.k,
      bounds: { low: truth.k, high: truth.k },
    })
    one.reset()
    add(one, new Array<number[]>(rows).fill(new Array<number>(WIDTH).fill(0.3)))
    one.flush()
    expect(runToCompletion(measureSketchInSteps(one.accumulator as Sketch, 0.99))).toMatchObject({
      status: 'constant',
      k: 0,
    })
  })
})
