import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import * as v from 'valibot'
import { LearnedError } from './learnedError.ts'

/**
 * Tensors in a file, in the format of safetensors: 8 bytes with the length of the header, a header in JSON, and the
 * values in little-endian order (https://huggingface.co/docs/safetensors). Reading such a file executes nothing.
 */

/** Most bytes of a header, which is the limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000
/** Most bytes of a file that is read: no single array of Node's can be longer in each version that we support. */
const MAX_FILE_BYTES = 2 ** 32
/** The header's length is a multiple of this, so that values can be mapped into memory. */
const ALIGNMENT = 8

/** Element types, by the names of the format. */
const ARRAYS = { F64: Float64Array, F32: Float32Array } as const

/** A tensor with a name that is unique in the file. */
export interface NamedTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** [product of the shape] row-major */
  readonly values: Float32Array | Float64Array
}

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const Entry = v.object({
  dtype: v.picklist(['F64', 'F32']),
  shape: v.pipe(v.array(size), v.maxLength(32)),
  data_offsets: v.tuple([size, size]),
})
type Entry = v.InferOutput<typeof Entry>
const Metadata = v.record(v.string(), v.string())

/** The header of a file: what it holds, before any values are read. */
export interface Header {
  readonly metadata: Readonly<Record<string, string>>
  readonly entries: ReadonlyMap<string, Entry>
  /** Position of the first value in the file. */
  readonly start: number
}

/**
 * Writes a file of tensors, readable by its owner only. The write is atomic: a reader finds the old file or the whole
 * new one, also when the disk is full.
 * @throws the file system's error; nothing new is left on the disk then.
 */
export function writeSafetensors(
  file: string,
  metadata: Readonly<Record<string, string>>,
  tensors: readonly NamedTensor[],
): void {
  // Doubles first, so that each value lies at a multiple of its size.
  const sorted = [...tensors].sort((a, b) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT)
  const unfinished = `${file}.${process.pid}.new`
  const handle = openSync(unfinished, 'w', 0o600)
  try {
    try {
      for (const part of headerOf(metadata, sorted)) writeAll(handle, part)
      for (const { values } of sorted) writeAll(handle, bytesOf(values))
    } finally {
      closeSync(handle)
    }
    renameSync(unfinished, file)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

function headerOf(metadata: Readonly<Record<string, string>>, tensors: readonly NamedTensor[]): Uint8Array[] {
  const entries: [string, unknown][] = []
  let offset = 0
  for (const { name, shape, values } of tensors) {
    const dtype = values instanceof Float64Array ? 'F64' : 'F32'
    entries.push([name, { dtype, shape, data_offsets: [offset, (offset += values.byteLength)] }])
  }
  const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }))
  const padding = Buffer.alloc((ALIGNMENT - (json.length % ALIGNMENT)) % ALIGNMENT, ' ')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length + padding.length))
  return [length, json, padding]
}

/**
 * Reads a file's header, and checks that the file has the length that it says.
 * @throws LearnedError when it is no such file, or was damaged; the file system's error when it cannot be read.
 */
export function readHeader(file: string): Header {
  return withHandle(file, (handle) => headerFrom(handle))
}

/**
 * Reads all tensors of a file.
 * @throws as `readHeader` does.
 */
export function readSafetensors(file: string): {
  metadata: Readonly<Record<string, string>>
  tensors: ReadonlyMap<string, NamedTensor>
} {
  return withHandle(file, (handle) => {
    const { metadata, entries, start } = headerFrom(handle)
    const tensors = new Map<string, NamedTensor>()
    for (const [
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ] of entries) {
      const values = new ARRAYS[dtype]((to - from) / ARRAYS[dtype].BYTES_PER_ELEMENT)
      readAll(handle, bytesOf(values), start + from)
      tensors.set(name, { name, shape, values })
    }
    return { metadata, tensors }
  })
}

function headerFrom(handle: number): Header {
  const { size: fileBytes } = fstatSync(handle)
  if (fileBytes > MAX_FILE_BYTES) throw new LearnedError(`it is damaged or too large: it has ${fileBytes} bytes`)
  if (fileBytes < 8) throw damaged('it is shorter than its header')
  const prefix = Buffer.alloc(8)
  readAll(handle, prefix, 0)
  const length = Number(prefix.readBigUInt64LE())
  if (length > MAX_HEADER_BYTES || 8 + length > fileBytes) throw damaged('it is shorter than its header')
  const bytes = Buffer.alloc(length)
  readAll(handle, bytes, 8)
  const { metadata, entries } = parseHeader(bytes)
  let end = 0
  // No gaps and no overlaps, as the format demands.
  for (const {
    dtype,
    shape,
    data_offsets: [from, to],
  } of entries.values()) {
    const count = shape.reduce((product, axis) => product * axis, 1)
    if (from !== end || to - from !== count * ARRAYS[dtype].BYTES_PER_ELEMENT) throw damaged('its tensors do not fit')
    end = to
  }
  if (8 + length + end !== fileBytes) throw damaged('it has another length than its header says')
  return { metadata, entries, start: 8 + length }
}

function parseHeader(bytes: Buffer): Pick<Header, 'metadata' | 'entries'> {
  let json: unknown
  try {
    json = JSON.parse(bytes.toString())
  } catch {
    throw damaged('its header is not JSON')
  }
  if (typeof json !== 'object' || json === null) throw damaged('its header is no object')
  const { __metadata__: metadata = {}, ...others } = json as Record<string, unknown>
  const known = v.safeParse(v.record(v.string(), Entry), others)
  if (!known.success || !v.is(Metadata, metadata)) throw damaged('its header is not that of float tensors')
  // Of two tensors at one place, an empty one comes first.
  const entries = Object.entries(known.output).sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )
  return { metadata, entries: new Map(entries) }
}

function damaged(how: string): LearnedError {
  return new LearnedError(`the file is damaged: ${how}`)
}

function withHandle<T>(file: string, use: (handle: number) => T): T {
  const handle = openSync(file, 'r')
  try {
    return use(handle)
  } finally {
    closeSync(handle)
  }
}

function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written)
}

function readAll(handle: number, bytes: Uint8Array, position: number): void {
  for (let read = 0; read < bytes.length;) {
    const more = readSync(handle, bytes, read, bytes.length - read, position + read)
    if (more === 0) throw damaged('it ends early')
    read += more
  }
}
