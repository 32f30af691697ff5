import * as v from 'valibot'
import { Covariance } from '../saturation/covariance.ts'
import { LearnedError } from './learnedError.ts'
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.ts'

/** Key in the metadata of the file's header. */
const METADATA_KEY = 'saturation_covariances'
/** Version of the format; a file of another version is refused. */
const FORMAT = 1

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))

const Entry = v.object({
  /** Id of the layer in its run. */
  layer: v.string(),
  split: v.picklist(['train', 'eval']),
  width: v.pipe(count, v.minValue(1)),
  /** Weight of the covariance: its observations, or the sum of their weights. */
  weight: positive,
  /** Feature vectors that were measured. */
  observations: count,
  /** How many independent observations they are worth. */
  effective: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** Finite feature vectors that the layer produced: those measured stand for them. */
  represented: positive,
  rejected: count,
  /** First and last training step of the window, from 1, and the number of epochs that it covers. */
  steps: v.object({ first: count, last: count, epochs: count }),
  /** Epoch in which the window ended, from 0; null where none is known. */
  epoch: v.nullable(count),
})
const Header = v.object({
  format: v.literal(FORMAT),
  /** Of the entry i: the tensors `i.mean`, `i.products` (upper triangle by rows) and `i.rounding`. */
  windows: v.array(Entry),
})

/** The covariance of a layer's outputs over one window, and what is known of its observations. */
export interface KeptCovariance extends Omit<v.InferOutput<typeof Entry>, 'width' | 'weight'> {
  readonly covariance: Covariance
}

/** Bytes that the covariance of a layer of this width takes in a file. */
export function bytesOfCovariance(width: number): number {
  return Float64Array.BYTES_PER_ELEMENT * ((width * (width + 1)) / 2 + 2 * width)
}

/**
 * Writes covariances in float64, so that those of several processes merge to what one process would have found.
 * @throws the file system's error; the file is then as it was before.
 */
export function writeCovariances(file: string, kept: readonly KeptCovariance[]): void {
  const windows = kept.map(({ covariance, ...known }) => ({
    ...known,
    width: covariance.width,
    weight: covariance.count,
  }))
  const header: v.InferOutput<typeof Header> = { format: FORMAT, windows }
  const tensors = kept.flatMap(({ covariance: { mean, products, rounding } }, i) =>
    Object.entries({ mean, products, rounding }).map(([name, values]): NamedTensor => ({
      name: `${i}.${name}`,
      shape: [values.length],
      values,
    })),
  )
  writeSafetensors(file, { [METADATA_KEY]: JSON.stringify(header) }, tensors)
}

/**
 * Reads what `writeCovariances` wrote.
 * @throws LearnedError when the file does not hold it or is damaged; the file system's error when it cannot be read.
 */
export function readCovariances(file: string): KeptCovariance[] {
  const { metadata, tensors } = readSafetensors(file)
  const { windows } = parse(metadata)
  return windows.map(({ width, weight, ...known }, i) => {
    const values = ['mean', 'products', 'rounding'].map((name) => tensors.get(`${i}.${name}`)?.values)
    if (!values.every((each) => each instanceof Float64Array && each.every(Number.isFinite)))
      throw new LearnedError(`the file is damaged: the covariance of ${known.layer} is incomplete`)
    const [mean, products, rounding] = values as Float64Array[]
    if (mean!.length !== width || rounding!.length !== width || products!.length !== (width * (width + 1)) / 2)
      throw new LearnedError(`the file is damaged: the covariance of ${known.layer} is not that of its width`)
    const covariance = new Covariance(width, mean, products, rounding)
    covariance.count = weight
    return { ...known, covariance }
  })
}

function parse(metadata: Readonly<Record<string, string>>): v.InferOutput<typeof Header> {
  if (!Object.hasOwn(metadata, METADATA_KEY))
    throw new LearnedError('the file holds tensors, but no covariances of a run')
  let json: unknown
  try {
    json = JSON.parse(metadata[METADATA_KEY]!)
  } catch {
    throw new LearnedError('the file is damaged: its description of the covariances is not JSON')
  }
  const header = v.safeParse(Header, json)
  if (header.success) return header.output
  throw new LearnedError('it was written by another version of Saturation, or is damaged')
}
