import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dimension } from '../../../src/saturation/dimension.ts'
import { eigenvalues } from '../../../src/saturation/linalg/eigenvalues.ts'
import { leadingEigenvectors } from '../../../src/saturation/linalg/eigenvectors.ts'
import { constantOf, mapped, type AffineMap } from '../../../src/saturation/units/affineMap.ts'
import { Eigenspaces } from '../../../src/saturation/units/eigenspaces.ts'
import { aboutZero } from '../../../src/saturation/units/moments.ts'
import { randomProjection, unitsProjection } from '../../../src/saturation/units/projections.ts'
import { reconstruction } from '../../../src/saturation/units/reconstruction.ts'
import { features, momentsOf } from './features.ts'

const WIDTH = 12
const rows = features(200, WIDTH, WIDTH, 6)
const moments = momentsOf(rows, WIDTH)

/** Mean squared distance of the rows from their images, as a share of their variance. */
function lost(map: AffineMap): number {
  const images = mapped(map, rows)
  const squares = images.reduce((sum, value, at) => sum + (value - rows[at]!) ** 2, 0)
  const trace = moments.mean.reduce((sum, _, i) => sum + moments.covariance[i * WIDTH + i]!, 0)
  return squares / (rows.length / WIDTH) / trace
}

const closeTo = (actual: ArrayLike<number>, wanted: ArrayLike<number>, digits = 9): void =>
  Array.from(wanted).forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits))

describe.each<[string, (share: number) => AffineMap]>([
  ['eigenspace', (share) => new Eigenspaces(moments).projection(share)],
  ['random', (share) => randomProjection(moments.mean, Math.round(share * WIDTH), 3)],
  [
    'units',
    (share) => unitsProjection(moments, [4, 7, 1, 0, 9, 2, 3, 5, 6, 8, 10, 11].slice(0, Math.round(share * WIDTH))),
  ],
])('a projection on the basis %s', (_name, projection) => {
  it('is the identity to the bit for everything', () => {
    const map = projection(1)
    expect(map.matrix).toBeNull()
    expect(map.rank).toBe(WIDTH)
    expect([...mapped(map, rows)]).toEqual([...rows])
    expect([...constantOf(map)]).toEqual([...new Float64Array(WIDTH)])
  })

  it('changes nothing more when applied twice, leaves the mean where it is, and is x M + c', () => {
    const map = projection(0.5)
    const once = mapped(map, rows)
    closeTo(mapped(map, once), once)
    closeTo(mapped(map, moments.mean), moments.mean)
    const constant = constantOf(map)
    const x = rows.subarray(0, WIDTH)
    closeTo(
      once,
      constant.map((value, j) => x.reduce((sum, entry, i) => sum + entry * map.matrix![i * WIDTH + j]!, value)),
    )
    expect(() => mapped(map, [1])).toThrow('rows of 12')
  })

  it('loses less the larger it is', () => {
    expect(lost(projection(0.3))).toBeGreaterThan(lost(projection(0.6)))
    expect(lost(projection(0.6))).toBeGreaterThan(lost(projection(0.95)))
  })
})

describe('the projection onto an eigenspace', () => {
  it('has the k of the definition, and loses what the other eigenvalues hold', () => {
    const spaces = new Eigenspaces(moments)
    const values = eigenvalues(moments.covariance, WIDTH)
    const total = values.reduce((a, b) => a + b)
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.9999, noNaN: true }), (delta) => {
        const map = spaces.projection(delta)
        const k = dimension(values, delta)
        expect([spaces.dimension(delta), map.rank]).toEqual([k, k])
        expect(lost(map)).toBeCloseTo(values.subarray(k).reduce((a, b) => a + b, 0) / total, 10)
      }),
    )
  })

  it('is VVᵀ of the eigenvectors that are found one by one, dead features included', () => {
    const dead = rows.map((value, at) => (at % WIDTH === 5 ? 1 : value))
    const other = momentsOf(dead, WIDTH)
    const map = new Eigenspaces(other).projection(0.9)
    const { vectors } = leadingEigenvectors(other.covariance, WIDTH, map.rank)
    const wanted = new Float64Array(WIDTH * WIDTH)
    for (const v of vectors)
      for (let i = 0; i < WIDTH; i++) for (let j = 0; j < WIDTH; j++) wanted[i * WIDTH + j]! += v[i]! * v[j]!
    closeTo(map.matrix!, wanted)
  })

  it('is linear and of the second moment in the uncentred variant', () => {
    const uncentred = aboutZero(moments)
    const map = new Eigenspaces(uncentred).projection(0.95)
    expect([...constantOf(map)].every((value) => value === 0)).toBe(true)
    const values = eigenvalues(uncentred.covariance, WIDTH)
    expect(map.rank).toBe(dimension(values, 0.95))
    closeTo(mapped(map, new Float64Array(WIDTH)), new Float64Array(WIDTH))
  })

  it('is the mean where nothing varies, and the identity of width 1', () => {
    const constant = new Eigenspaces({ mean: Float64Array.of(2, 3), covariance: new Float64Array(4) })
    expect([...mapped(constant.projection(0.99), [5, 5])]).toEqual([2, 3])
    expect(constant.projection(1).matrix).toBeNull()
    const one = new Eigenspaces({ mean: Float64Array.of(2), covariance: Float64Array.of(4) })
    expect(one.projection(0.5).matrix).toBeNull()
  })

  it('refuses numbers that are none, and shares that are none', () => {
    expect(() => new Eigenspaces({ mean: Float64Array.of(0), covariance: Float64Array.of(NaN) })).toThrow('not finite')
    expect(() => new Eigenspaces(moments).projection(0)).toThrow('delta')
  })
})

describe('the other bases', () => {
  it('random: is determined by its seed, and nested', () => {
    const [small, large] = [4, 8].map((rank) => randomProjection(moments.mean, rank, 11))
    expect(randomProjection(moments.mean, 4, 11)).toEqual(small)
    expect(randomProjection(moments.mean, 4, 12)).not.toEqual(small)
    closeTo(mapped(large!, mapped(small!, rows)), mapped(small!, rows))
    expect(() => randomProjection(moments.mean, 13, 1)).toThrow('rank 13')
  })

  it('random: loses more than the eigenspace of the same rank', () => {
    const map = new Eigenspaces(moments).projection(0.9)
    expect(lost(randomProjection(moments.mean, map.rank, 1))).toBeGreaterThan(2 * lost(map))
  })

  it('units: has the constant of the reconstruction, and keeps its units', () => {
    const units = [7, 2, 5]
    const map = unitsProjection(moments, units)
    closeTo(constantOf(map), reconstruction(moments, units).constant)
    const images = mapped(map, rows)
    for (let at = 0; at < rows.length; at += WIDTH)
      for (const u of units) expect(images[at + u]).toBeCloseTo(rows[at + u]!, 12)
  })
})
