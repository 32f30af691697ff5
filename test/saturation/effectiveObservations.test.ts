import { describe, expect, it } from 'vitest'
import { Covariance } from '../../src/saturation/covariance.ts'
import {
  effectiveObservations,
  sampleMoments,
  type Relations,
} from '../../src/saturation/effective/effectiveObservations.ts'
import { gaussian } from '../../src/saturation/linalg/gaussian.ts'

const WIDTH = 16
const NONE: Relations = { same: 1, related: 0 }

/** Scales features so that the spectrum decays. @param rows [any × WIDTH] */
function decaying(rows: Float32Array): Float32Array {
  return rows.map((value, i) => value * 0.8 ** (i % WIDTH))
}

function covarianceOf(rows: Float32Array): Covariance {
  const covariance = new Covariance(WIDTH)
  covariance.addRows(rows)
  return covariance
}

/** Effective observations for each observation. @param sampled rows of the sample, [any × WIDTH] */
function ratioOf(rows: Float32Array, sampled: Float32Array, relations = NONE, paired = false): number {
  const covariance = covarianceOf(rows)
  const { count, mean } = covariance
  const moments = { trace: covariance.trace(), squaredNorm: covariance.squaredNorm() }
  return effectiveObservations(count, moments, sampleMoments(sampled, mean, paired), relations) / count
}

/** The first rows. */
const some = (rows: Float32Array, count: number): Float32Array => rows.subarray(0, count * WIDTH)

/**
 * The ratio by the definition: the mean squared error of independent Gaussian observations over that of covariances of
 * `count` given observations.
 */
function ratioByDefinition(count: number, draw: (seed: number) => Float32Array): number {
  const times = 150
  const sum = new Float64Array(WIDTH ** 2)
  let squares = 0
  const whole = new Covariance(WIDTH)
  for (let seed = 1; seed <= times; seed++) {
    const covariance = covarianceOf(draw(seed))
    const matrix = covariance.matrix()
    matrix.forEach((value, i) => (sum[i]! += value))
    squares += covariance.squaredNorm()
    whole.merge(covariance)
  }
  const error = squares / times - sum.reduce((total, value) => total + (value / times) ** 2, 0)
  return (whole.trace() ** 2 + whole.squaredNorm()) / error / count
}

describe('effective observations', () => {
  it('are all of independent Gaussian rows', () => {
    const rows = decaying(gaussian(8000 * WIDTH, 3))
    expect(ratioOf(rows, some(rows, 512))).toBeGreaterThan(0.9)
    expect(ratioByDefinition(200, (seed) => decaying(gaussian(200 * WIDTH, seed)))).toBeCloseTo(1, 1)
  })

  it.each([0.5, 0.9, 0.96])('of rows of which the share %d is padding are the others', (padding) => {
    const padded = (count: number, seed: number): Float32Array =>
      decaying(gaussian(count * WIDTH, seed)).map((value, i) =>
        uniform(seed * 20_000 + Math.floor(i / WIDTH)) < padding ? 0 : value,
      )
    const rows = padded(20_000, 1)
    const ratio = ratioOf(rows, some(rows, 512))
    expect(ratio / (1 - padding)).toBeGreaterThan(0.75)
    expect(ratio / (1 - padding)).toBeLessThan(1.3)
    // Independent of the formula: the error of the covariance itself.
    expect(ratioByDefinition(400, (seed) => padded(400, seed)) / (1 - padding)).toBeCloseTo(1, 0)
  })

  it('of m copies of each row are one m-th', () => {
    const once = decaying(gaussian(2000 * WIDTH, 5))
    const rows = new Float32Array(8 * once.length)
    for (let copy = 0; copy < 8; copy++) rows.set(once, copy * once.length)
    const ratio = ratioOf(rows, some(rows, 512), { same: 8, related: 0 })
    expect(ratio).toBeLessThanOrEqual(1 / 8)
    expect(ratio).toBeGreaterThan(0.9 / 8)
  })

  it.each([0, 0.5, 0.9])(
    'of positions with the correlation %d within an image are as many as the error says',
    (rho) => {
      const [images, positions] = [100, 16]
      const draw = (seed: number): Float32Array => {
        const shared = decaying(gaussian(images * WIDTH, 1000 + seed))
        const own = decaying(gaussian(images * positions * WIDTH, seed))
        return own.map((value, i) => {
          const image = Math.floor(i / (positions * WIDTH))
          return Math.sqrt(1 - rho) * value + Math.sqrt(rho) * shared[image * WIDTH + (i % WIDTH)]!
        })
      }
      const rows = new Float32Array(20 * images * positions * WIDTH)
      for (let part = 0; part < 20; part++) rows.set(draw(500 + part), part * images * positions * WIDTH)
      const pairs = new Float32Array(256 * 2 * WIDTH)
      for (let i = 0; i < 256; i++)
        for (const one of [0, 1]) {
          const from = (i * 7 * positions + one * 5) * WIDTH
          pairs.set(rows.subarray(from, from + WIDTH), (2 * i + one) * WIDTH)
        }
      const ratio = ratioOf(rows, pairs, { same: 1, related: positions - 1 }, true)
      const truth = ratioByDefinition(images * positions, draw)
      expect(ratio / truth).toBeGreaterThan(0.6)
      expect(ratio / truth).toBeLessThan(1.4)
      if (rho === 0.9) expect(truth).toBeLessThan(0.15)
    },
  )

  it('are not many because the sample lacks the rare rows that vary', () => {
    const rows = new Float32Array(20_000 * WIDTH)
    rows.set(decaying(gaussian(20 * WIDTH, 5)), 15_000 * WIDTH)
    expect(ratioOf(rows, some(rows, 256))).toBeLessThan(0.01)
  })

  it('are as many as the rows where nothing varies', () => {
    const moments = { trace: 0, squaredNorm: 0 }
    expect(effectiveObservations(90, moments, { rows: 2, square: 0, fourth: 0, pair: null }, NONE)).toBe(90)
  })
})

/** A pseudo-random number in [0, 1) for each integer. */
function uniform(n: number): number {
  let t = (n + 1) * 0x6d2b79f5
  t = Math.imul(t ^ (t >>> 15), 1 | t)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}
