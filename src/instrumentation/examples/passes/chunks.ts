import { examplesOf, type Held, type HeldBatch } from '../heldBatch.ts'

/** Most examples of a chunk. */
const MAX_CHUNK = 64
/** Chunks of each half, where there are examples enough: their spread is estimated from so many values. */
const CHUNKS_PER_HALF = 20

/** Examples that are evaluated at once. */
export type Chunk = HeldBatch

/** Even chunks decide which network is good enough, odd ones report how good it is. */
export interface Halves {
  deciding: Chunk[]
  reporting: Chunk[]
}

/**
 * Slices held batches into chunks of one size, so that their values can be compared and averaged. Examples of different
 * shapes, such as sequences that were padded for each batch, are in different chunks. Chunks are shorter where few
 * examples are left.
 * @param fixed the batch size that the model asks for; null where it takes any. Examples that do not fill a batch of it
 *   are left out.
 * @param perHalf wanted chunks of each half
 */
export function chunksOf(batches: readonly HeldBatch[], fixed: number | null, perHalf = CHUNKS_PER_HALF): Chunk[] {
  const total = batches.reduce((sum, batch) => sum + examplesOf(batch), 0)
  const size = fixed ?? Math.max(1, Math.min(MAX_CHUNK, Math.floor(total / (2 * perHalf))))
  const alike = new Map<string, HeldBatch[]>()
  for (const batch of batches) {
    const key = JSON.stringify([...batch.inputs, ...batch.targets].map(({ shape, dtype }) => [dtype, shape.slice(1)]))
    alike.set(key, [...(alike.get(key) ?? []), batch])
  }
  return [...alike.values()].flatMap((group) => slices(group, size, fixed !== null))
}

/** Takes chunks in turns. */
export function halvesOf(chunks: readonly Chunk[]): Halves {
  return { deciding: chunks.filter((_, i) => i % 2 === 0), reporting: chunks.filter((_, i) => i % 2 === 1) }
}

/** Slices batches of one shape. @param whole whether the last chunk is left out where it is not full */
function slices(batches: readonly HeldBatch[], size: number, whole: boolean): Chunk[] {
  const count = batches.reduce((sum, batch) => sum + examplesOf(batch), 0)
  const chunks: Chunk[] = []
  for (let from = 0; from < count && (!whole || from + size <= count); from += size) {
    const to = Math.min(count, from + size)
    const part = (pick: (batch: HeldBatch) => readonly Held[]): Held[] =>
      pick(batches[0]!).map((_, i) =>
        examples(
          batches.map((batch) => pick(batch)[i]!),
          from,
          to,
        ),
      )
    chunks.push({ inputs: part(({ inputs }) => inputs), targets: part(({ targets }) => targets) })
  }
  return chunks
}

/** The examples from one number to another of tensors that follow each other. Within one of them nothing is copied. */
function examples(parts: readonly Held[], from: number, to: number): Held {
  const { shape, dtype, values: like } = parts[0]!
  const perExample = shape.slice(1).reduce((product, size) => product * size, 1)
  const pieces: Held['values'][] = []
  let begin = 0
  for (const { shape, values } of parts) {
    const count = shape[0]!
    const [first, last] = [Math.max(from, begin) - begin, Math.min(to, begin + count) - begin]
    if (first < last) pieces.push(values.subarray(first * perExample, last * perExample))
    begin += count
  }
  const whole = { shape: [to - from, ...shape.slice(1)], dtype }
  if (pieces.length === 1) return { ...whole, values: pieces[0]! }
  const values = new (like.constructor as new (length: number) => Held['values'])((to - from) * perExample)
  let at = 0
  for (const piece of pieces) {
    values.set(piece, at)
    at += piece.length
  }
  return { ...whole, values }
}
