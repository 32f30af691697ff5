import * as v from 'valibot'
import type { Learned, LearnedLayer } from '../folding/learned.ts'
import type { Moments } from '../saturation/units/moments.ts'
import { checkRecipe } from './checkRecipe.ts'
import { LearnedError } from './learnedError.ts'
import { LearnedHeader, learnedHeader, METADATA_KEY } from './learnedHeader.ts'
import { unpackAll, type PackedLearned, type PackedMoments } from './packedMoments.ts'
import { readHeader, readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.ts'

/**
 * Writes what a training has learned. Moments with entries that are not finite are left out.
 * @throws the file system's error; the file is then as it was before.
 */
export function writeLearned(file: string, learned: PackedLearned): void {
  const moments = [...learned.moments].filter(([, each]) => areFinite(each))
  const header = learnedHeader({
    layers: learned.layers.map(({ weights, ...layer }) => ({ ...layer, weights: weights.length })),
    recipe: learned.recipe,
    moments: moments.map(([consumer, { observations }]) => ({
      consumer,
      ...(observations === undefined ? {} : { observations }),
    })),
  })
  writeSafetensors(file, { [METADATA_KEY]: JSON.stringify(header) }, [
    ...learned.layers.flatMap(({ weights }, i) =>
      weights.map((weight, j) => ({ name: `layers.${i}.${j}`, ...weight })),
    ),
    ...moments.flatMap(([, each], i) => tensorsOf(each, i)),
  ])
}

/** Bytes that the values of layers take in a file; the header comes on top. */
export function bytesOfWeights(layers: readonly { weights: readonly { shape: readonly number[] }[] }[]): number {
  const counts = layers.flatMap(({ weights }) => weights.map(({ shape }) => shape.reduce((n, size) => n * size, 1)))
  return counts.reduce((sum, count) => sum + count * Float32Array.BYTES_PER_ELEMENT, 0)
}

/** Bytes that moments take in a file. */
export function bytesOfMoments(moments: ReadonlyMap<string, Pick<Moments, 'mean'>>): number {
  return [...moments.values()].reduce(
    (sum, { mean: { length: width } }) => sum + 8 * width + 2 * width * (width + 1),
    0,
  )
}

/**
 * Checks that a file holds what a training has learned, without reading the values.
 * @throws LearnedError when it does not; the file system's error when it cannot be read.
 */
export function checkLearned(file: string): void {
  const { metadata, entries } = readHeader(file)
  const header = parse(metadata)
  checkRecipe(
    header.recipe,
    header.layers.map((layer, i) => ({ id: layer.id, shapes: shapes(layer.weights, i, entries) })),
  )
}

/**
 * Reads what a training has learned. Moments with entries that are not finite are left out.
 * @throws LearnedError when the file does not hold it, or weights are not finite; the file system's error when it cannot
 *   be read.
 */
export function readLearned(file: string): Learned {
  const { metadata, tensors } = readSafetensors(file)
  const header = parse(metadata)
  const layers = header.layers.map(({ weights, ...layer }, i): LearnedLayer => {
    const values = Array.from({ length: weights }, (_, j) => floats(tensors, `layers.${i}.${j}`))
    if (!values.every((weight) => weight.values.every(Number.isFinite)))
      throw new LearnedError(`the weights of ${layer.name} are not finite`)
    return { ...layer, weights: values }
  })
  checkRecipe(
    header.recipe,
    layers.map(({ id, weights }) => ({ id, shapes: weights.map(({ shape }) => shape) })),
  )
  const moments = header.moments.map(
    ({ consumer, observations }, i) => [consumer, momentsOf(tensors, i, observations)] as const,
  )
  const finite = moments.filter(([, each]) => areFinite(each))
  return { layers, recipe: header.recipe, moments: unpackAll(new Map(finite)) }
}

function parse(metadata: Readonly<Record<string, string>>): LearnedHeader {
  const text = Object.hasOwn(metadata, METADATA_KEY) ? metadata[METADATA_KEY]! : null
  if (text === null) throw new LearnedError('the file holds tensors, but not those of a run')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new LearnedError('the file is damaged: its description of the layers is not JSON')
  }
  if (
    (json as { format?: unknown } | null)?.format !== learnedHeader({ layers: [], recipe: NOTHING, moments: [] }).format
  )
    throw new LearnedError('it was written by another version of Saturation')
  const header = v.safeParse(LearnedHeader, json)
  if (!header.success)
    throw new LearnedError('it was written by an older version of Saturation, or is damaged; train again')
  return header.output
}

const NOTHING = { groups: [], weights: [], consumers: [] }

function tensorsOf({ mean, triangle }: PackedMoments, i: number): NamedTensor[] {
  return [
    { name: `moments.${i}.mean`, shape: [mean.length], values: mean },
    { name: `moments.${i}.covariance`, shape: [triangle.length], values: triangle },
  ]
}

function momentsOf(
  tensors: ReadonlyMap<string, NamedTensor>,
  i: number,
  observations: number | undefined,
): PackedMoments {
  const mean = tensorOf(tensors, `moments.${i}.mean`).values
  const { values: triangle } = floats(tensors, `moments.${i}.covariance`)
  const width = mean.length
  if (!(mean instanceof Float64Array) || triangle.length !== (width * (width + 1)) / 2)
    throw new LearnedError('the file is damaged: a mean and a covariance do not belong together')
  return { mean, triangle, observations }
}

function areFinite({ mean, triangle }: PackedMoments): boolean {
  return mean.every(Number.isFinite) && triangle.every(Number.isFinite)
}

function floats(
  tensors: ReadonlyMap<string, NamedTensor>,
  name: string,
): { shape: readonly number[]; values: Float32Array } {
  const { shape, values } = tensorOf(tensors, name)
  if (!(values instanceof Float32Array)) throw new LearnedError(`the file is damaged: ${name} is not float32`)
  return { shape, values }
}

function tensorOf<T>(tensors: ReadonlyMap<string, T>, name: string): T {
  const tensor = tensors.get(name)
  if (!tensor) throw new LearnedError(`the file is damaged: ${name} is missing`)
  return tensor
}

function shapes(
  weights: number,
  i: number,
  entries: ReadonlyMap<string, { shape: readonly number[] }>,
): (readonly number[])[] {
  return Array.from({ length: weights }, (_, j) => tensorOf(entries, `layers.${i}.${j}`).shape)
}
