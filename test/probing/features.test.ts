import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { readTargets, splitLabels } from '../../src/probing/labels.ts'
import { pool, poolingOf } from '../../src/probing/pooling.ts'

describe('pooling', () => {
  it('takes means over windows that overlap where a map is no multiple of 4', () => {
    const shape = [6, 4, 2]
    const values = Float32Array.from({ length: 2 * 6 * 4 * 2 }, (_, i) => Math.sin(i))
    const pooling = poolingOf(shape, 1000)
    expect(pooling).toEqual({ how: 'positions', windows: [4, 4], features: 32 })
    const target = new Float32Array(2 * 32)
    pool(values, shape, pooling, null, target)
    // Rows 0–1, 1–2, 3–4, 4–5, as torch.nn.AdaptiveAvgPool2d has them.
    const at = (example: number, y: number, x: number, c: number): number =>
      values[((example * 6 + y) * 4 + x) * 2 + c]!
    const windows = [
      [0, 1],
      [1, 2],
      [3, 4],
      [4, 5],
    ]
    for (const example of [0, 1])
      for (const [w, [a, b]] of windows.entries())
        for (const x of [0, 1, 2, 3])
          for (const c of [0, 1])
            expect(target[example * 32 + (w * 4 + x) * 2 + c]).toBeCloseTo(
              (at(example, a!, x, c) + at(example, b!, x, c)) / 2,
              6,
            )
  })

  it('is TensorFlow.js’s average pooling where a map is a multiple of 4', () => {
    const x = tf.randomUniform<tf.Rank.R4>([3, 8, 8, 5], -1, 1, 'float32', 3)
    const expected = tf.avgPool(x, 2, 2, 'valid').reshape([3, -1]).dataSync()
    const target = new Float32Array(3 * 80)
    pool(x.dataSync(), [8, 8, 5], poolingOf([8, 8, 5], 80), null, target)
    for (const [i, value] of target.entries()) expect(value).toBeCloseTo(expected[i]!, 5)
  })

  it('takes fewer windows where there would be too many features', () => {
    expect(poolingOf([8, 8, 512], 8192)).toMatchObject({ windows: [4, 4], features: 8192 })
    expect(poolingOf([8, 8, 1024], 8192)).toMatchObject({ windows: [2, 2], features: 4096 })
    expect(poolingOf([8, 8, 9000], 8192)).toMatchObject({ windows: [1, 1], features: 9000 })
    expect(poolingOf([2, 8, 3], 8192)).toMatchObject({ windows: [2, 4], features: 24 })
    expect(poolingOf([7], 8192)).toEqual({ how: 'whole', windows: [], features: 7 })
  })

  it('takes the mean over the time steps that count', () => {
    const pooling = poolingOf([3, 2], 100)
    const target = new Float32Array(4)
    pool([1, 2, 3, 4, 100, 100, 1, 1, 2, 2, 3, 3], [3, 2], pooling, [1, 1, 0, 1, 1, 1], target)
    expect([...target]).toEqual([2, 3, 2, 2])
    expect(pooling).toEqual({ how: 'time', windows: [], features: 2 })
  })
})

describe('targets', () => {
  const read = (shape: number[], values: number[], outputs = 3, rank = 2) =>
    readTargets({ shape, values: [values] }, outputs, rank)

  it('are classes when one-hot, smoothed, sparse or of two kinds', () => {
    expect(read([3], [0, 0, 1, 1, 0, 0])).toEqual({ kind: 'classes', classes: Int32Array.of(2, 0) })
    expect(read([3], [0.05, 0.9, 0.05])).toEqual({ kind: 'classes', classes: Int32Array.of(1) })
    expect(read([], [2, 0, 1])).toEqual({ kind: 'classes', classes: Int32Array.of(2, 0, 1) })
    expect(read([1], [1, 0], 1)).toEqual({ kind: 'classes', classes: Int32Array.of(1, 0) })
    expect(read([1], [1, -1], 1)).toEqual({ kind: 'classes', classes: Int32Array.of(1, 0) })
  })

  it('are values otherwise', () => {
    expect(read([1], [0.5, 3], 1)).toMatchObject({ kind: 'values', columns: 1 })
    // Several labels at a time are no class.
    expect(read([3], [1, 1, 0, 0, 0, 1])).toMatchObject({ kind: 'values', columns: 3 })
  })

  it('that no probe can predict are refused with a sentence', () => {
    expect(() => read([1], [NaN], 1)).toThrow('The targets hold NaN or infinity.')
    expect(() => read([4, 3], [], 3, 3)).toThrow('a label for each time step or position')
    expect(() => read([300], Array<number>(600).fill(0.5), 300)).toThrow('300 numbers for each example')
    expect(() => splitLabels(read([], Array<number>(40).fill(2)), 20)).toThrow('have the same class')
    const many = Array.from({ length: 1101 }, (_, i) => i)
    expect(() => splitLabels(read([], many, 1101), 1100)).toThrow(
      'There are 1100 classes; a probe tells at most 1000 apart.',
    )
    expect(() => splitLabels(read([], many.slice(0, 100), 100), 90)).toThrow('90 classes, but only 90 examples')
  })

  it('count a class that the training lacks as never right, and scale values by the training', () => {
    const split = splitLabels(read([], [0, 1, 0, 1, 1, 2]), 4)
    expect(split.training).toEqual({ kind: 'classes', columns: 2, classes: Int32Array.of(0, 1, 0, 1) })
    expect(split.testing).toEqual({ kind: 'classes', columns: 2, classes: Int32Array.of(1, -1) })
    expect(split.chance).toBe(0.5)
    expect([...split.own([0.1, 0.7, 0.2, 0, 0.1, 0.9], 3)!]).toEqual([1, -2])
    const values = splitLabels(read([1], [0, 2, 0, 2, 3.5], 1), 4)
    expect(values.testing).toMatchObject({ values: Float32Array.of(2.5) })
    expect([...values.own([3], 1)!]).toEqual([2])
    expect(values.own([1, 2], 2)).toBeNull()
  })
})
