import type { Learned } from '../folding/learned.ts'
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
  const count = (width * (width + 1)) / 2
  const triangle = new Float32Array(new SharedArrayBuffer(count * Float32Array.BYTES_PER_ELEMENT))
  for (let row = 0, at = 0; row < width; row++)
    for (let column = row; column < width; column++) triangle[at++] = covariance[row * width + column]!
  return { mean, triangle, observations }
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

/** Packs what a training leaves. */
export function packLearned(learned: Learned): PackedLearned {
  return { ...learned, moments: new Map([...learned.moments].map(([id, each]) => [id, packMoments(each)])) }
}
