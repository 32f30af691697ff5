import type { Learned } from '../folding/learned.ts'
import type { Covariance } from '../saturation/covariance.ts'
import type { Moments } from '../saturation/units/moments.ts'

/** Moments as they are kept in a file: an eighth to a quarter of the memory. */
export interface PackedMoments extends Omit<Moments, 'covariance'> {
  /** [width · (width + 1) / 2] The upper triangle of the covariance by rows, in memory that threads share. */
  readonly triangle: Float32Array
}

/** What a training leaves for the next one, as it is kept in a file. */
export interface PackedLearned extends Omit<Learned, 'moments'> {
  readonly moments: ReadonlyMap<string, PackedMoments>
}

/** Packs moments. Covariances are rounded to float32, in which their features were measured. */
export function packMoments({ mean, covariance, observations }: Moments): PackedMoments {
  const width = mean.length
  const triangle = sharedFloats((width * (width + 1)) / 2)
  for (let row = 0, at = 0; row < width; row++)
    for (let column = row; column < width; column++) triangle[at++] = covariance[row * width + column]!
  return { mean, triangle, observations }
}

/** Packs what was measured, to the same as `packMoments` does, without a matrix of doubles in between. */
export function packCovariance({ mean, products, count }: Covariance): PackedMoments {
  const triangle = sharedFloats(products.length)
  if (count > 0) for (let at = 0; at < triangle.length; at++) triangle[at] = products[at]! / count
  return { mean, triangle, observations: count }
}

/** Unpacks moments. @throws RangeError when the triangle has another width than the mean */
export function unpackMoments({ mean, triangle, observations }: PackedMoments): Moments {
  const width = mean.length
  if (triangle.length !== (width * (width + 1)) / 2)
    throw new RangeError('a mean and a covariance do not belong together')
  const covariance = new Float64Array(width * width)
  for (let row = 0, at = 0; row < width; row++)
    for (let column = row; column < width; column++)
      covariance[row * width + column] = covariance[column * width + row] = triangle[at++]!
  return { mean, covariance, observations }
}

/** Unpacks moments of several consumers, by their ids. */
export function unpackAll(packed: ReadonlyMap<string, PackedMoments>): Map<string, Moments> {
  return new Map([...packed].map(([id, each]) => [id, unpackMoments(each)]))
}

/** Moments of several consumers that are unpacked when they are needed: only the latest are held as doubles. */
export function unpackedOnDemand(
  packed: ReadonlyMap<string, PackedMoments>,
): Pick<ReadonlyMap<string, Moments>, 'get'> {
  let latest: { id: string; moments: Moments } | null = null
  return {
    get: (id) => {
      if (latest?.id === id) return latest.moments
      const each = packed.get(id)
      if (!each) return undefined
      latest = { id, moments: unpackMoments(each) }
      return latest.moments
    },
  }
}

/** Packs what a training leaves. */
export function packLearned(learned: Learned): PackedLearned {
  return { ...learned, moments: new Map([...learned.moments].map(([id, each]) => [id, packMoments(each)])) }
}

function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT))
}
