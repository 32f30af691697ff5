import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TensorProducts } from '../../src/instrumentation/probing/tensorProducts.ts'
import { engine } from '../../src/instrumentation/tfjs/tfjs.ts'
import { minimise } from '../../src/probing/lbfgs.ts'
import { choosePenalty, trainProbe, TOLERANCE } from '../../src/probing/linearProbe.ts'
import { penalisedLoss, withOffsets, type Labels } from '../../src/probing/losses.ts'
import { chunkSizes, predictionOf, scoreOf } from '../../src/probing/score.ts'
import { scale, scalingOf } from '../../src/probing/standardise.ts'
import { lehmer, referenceExamples, SCIKIT_LEARN } from './reference.ts'

const never = (): boolean => false

describe('linear probes on a backend', () => {
  const { features, rows, classes, values } = referenceExamples()
  const labels: Labels = { kind: 'classes', columns: 3, classes }
  let products: TensorProducts
  let tensors: number
  beforeAll(async () => {
    await tf.setBackend('cpu')
    tensors = tf.memory().numTensors
    products = new TensorProducts(engine()!, rows, features)
  })
  afterAll(() => {
    products.dispose()
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it('find what scikit-learn finds: multinomial logistic regression with L2', () => {
    const { penalty, loss, weights, offsets, accuracy } = SCIKIT_LEARN
    const probe = trainProbe({ products, labels }, penalty, new Float64Array(18), never)
    expect(probe.converged).toBe(true)
    expect(probe.gradientNorm).toBeLessThanOrEqual(TOLERANCE)
    const found = penalisedLoss(products, labels, penalty)(Float64Array.from([...probe.weights, ...probe.offsets]))
    expect(found.value).toBeCloseTo(loss, 5)
    for (const [i, weight] of weights.entries()) expect(probe.weights[i]).toBeCloseTo(weight, 1.5)
    const scores = withOffsets(products.scores(probe.weights, 3), probe.offsets)
    expect(scoreOf(predictionOf(scores, labels), labels).value).toBeCloseTo(accuracy, 10)
    // As far as float32 goes, the reference itself is the minimum.
    const reference = penalisedLoss(products, labels, penalty)(Float64Array.from([...weights, ...offsets]))
    expect(Math.max(...reference.gradient.map(Math.abs))).toBeLessThan(2e-6)
  })

  it('find the closed form of ridge regression', () => {
    const { penalty, ridge } = SCIKIT_LEARN
    const targets: Labels = { kind: 'values', columns: 1, values }
    const probe = trainProbe({ products, labels: targets }, penalty, new Float64Array(6), never)
    for (const [i, weight] of ridge.weights.entries()) expect(probe.weights[i]).toBeCloseTo(weight, 3)
    expect(probe.offsets[0]).toBeCloseTo(ridge.offset, 3)
  })

  it('separate what is separable, and choose a stronger penalty for noise', () => {
    const u = lehmer(7)
    const count = 200
    const separable = Float32Array.from({ length: count * 5 }, (_, i) =>
      i % 5 === 0 ? (i % 2 ? 1 : -1) + u() / 2 : u(),
    )
    const halves = Int32Array.from({ length: count }, (_, i) => (separable[i * 5]! > 0 ? 1 : 0))
    const noise = Int32Array.from({ length: count }, () => (u() > 0.5 ? 1 : 0))
    const x = new TensorProducts(engine()!, separable, 5)
    const examples = (of: Int32Array) => ({
      products: x,
      labels: { kind: 'classes', columns: 2, classes: of } as const,
    })
    const shuffled = noise.slice().reverse()
    const clear = choosePenalty(examples(halves), examples(halves), never)
    const unclear = choosePenalty(examples(noise), examples(shuffled), never)
    expect(clear.penalty).toBeLessThanOrEqual(1e-3)
    expect(unclear.penalty).toBeGreaterThanOrEqual(0.1)
    const probe = trainProbe(examples(halves), clear.penalty, clear.x, never)
    const scores = withOffsets(x.scores(probe.weights, 2), probe.offsets)
    expect(scoreOf(predictionOf(scores, examples(halves).labels), examples(halves).labels).value).toBe(1)
    x.dispose()
  })

  it('stop when the time is over, and say that they have not converged', () => {
    const probe = trainProbe({ products, labels }, 0.01, new Float64Array(18), () => true)
    expect(probe).toMatchObject({ converged: false, iterations: 0 })
  })
})

describe('the minimisation', () => {
  it('finds the minimum of Rosenbrock’s function', () => {
    const rosenbrock = ([x = 0, y = 0]: ArrayLike<number> & Iterable<number>) => ({
      value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
      gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
    })
    const found = minimise(rosenbrock, Float64Array.of(-1.2, 1), { tolerance: 1e-8, iterations: 200, isOver: never })
    expect(found.converged).toBe(true)
    expect(found.x[0]).toBeCloseTo(1, 6)
    expect(found.x[1]).toBeCloseTo(1, 6)
  })
})

describe('scores', () => {
  it('have an interval that stays below 1, and the same chunks for all layers', () => {
    const classes = new Int32Array(50)
    const labels: Labels = { kind: 'classes', columns: 2, classes }
    const all = scoreOf(new Int32Array(50), labels)
    expect(all.value).toBe(1)
    // Wilson's interval of 50 of 50.
    expect(all.interval[0]).toBeCloseTo(0.9287, 3)
    expect(all.interval[1]).toBe(1)
    expect(chunkSizes(50)).toEqual([...Array<number>(10).fill(3), ...Array<number>(10).fill(2)])
    const half = scoreOf(
      classes.map((_, i) => (i < 25 ? 0 : 1)),
      labels,
    )
    expect(half.value).toBe(0.5)
    const mean = half.chunks.reduce((sum, value, i) => sum + value * chunkSizes(50)[i]!, 0) / 50
    expect(mean).toBeCloseTo(0.5, 12)
  })

  it('of values are R²: 1 where all is right, 0 for the mean', () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => i)
    const labels: Labels = { kind: 'values', columns: 1, values }
    expect(scoreOf(values, labels).value).toBeCloseTo(1, 10)
    expect(scoreOf(new Float32Array(100).fill(49.5), labels).value).toBeCloseTo(0, 10)
  })
})

it('features are standardised by the training; a constant one is left out', () => {
  const rows = Float32Array.of(1, 5, 3, 5, 5, 5)
  const scaling = scalingOf(rows, 2)
  scale(rows, scaling)
  const deviation = Math.sqrt(8 / 3)
  expect([...rows].map((value) => Number(value.toFixed(6)))).toEqual(
    [-2 / deviation, 0, 0, 0, 2 / deviation, 0].map((value) => Number(value.toFixed(6))),
  )
})
