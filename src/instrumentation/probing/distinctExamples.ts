import { createHash } from 'node:crypto'
import { examplesOf, type Held, type HeldBatch } from '../examples/heldBatch.ts'

/**
 * Leaves out examples that are held before: a sample of several epochs holds some twice, and an example that trains a
 * probe must not be held out from it as well.
 */
export function distinctExamples(batches: readonly HeldBatch[]): HeldBatch[] {
  const seen = new Set<string>()
  return batches.flatMap((batch) => {
    const count = examplesOf(batch)
    const kept: number[] = []
    for (let i = 0; i < count; i++) {
      const hash = createHash('sha1')
      for (const { values } of batch.inputs) hash.update(bytesOf(values, i, count))
      const key = hash.digest('base64')
      if (!seen.has(key)) kept.push(i)
      seen.add(key)
    }
    if (kept.length === count) return [batch]
    const part = (held: readonly Held[]): Held[] => held.map((each) => rowsOf(each, kept))
    return kept.length === 0 ? [] : [{ inputs: part(batch.inputs), targets: part(batch.targets) }]
  })
}

function bytesOf(values: Held['values'], example: number, examples: number): Uint8Array {
  const bytes = values.byteLength / examples
  return new Uint8Array(values.buffer, values.byteOffset + example * bytes, bytes)
}

function rowsOf({ shape, dtype, values }: Held, rows: readonly number[]): Held {
  const size = values.length / shape[0]!
  const kept = new (values.constructor as new (length: number) => Held['values'])(rows.length * size)
  for (const [to, from] of rows.entries()) kept.set(values.subarray(from * size, (from + 1) * size), to * size)
  return { shape: [rows.length, ...shape.slice(1)], dtype, values: kept }
}
