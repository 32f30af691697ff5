import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { UsageError } from '../console/usageError.ts'
import { NPY_HEADER_ROOM, parseNpyHeader, type NpyHeader, type NumberFormat } from './npyHeader.ts'

/** Largest block of observations, in bytes as float64. */
const BLOCK = 32 * 1024 * 1024

/** An array of activations on disk, features last. */
export interface NpyFile {
  shape: readonly number[]
  /** Product of all axes but the last. */
  observations: number
  width: number
  /** The observations in blocks of [rows × width], each once, in bounded memory. */
  blocks(): Generator<Float64Array>
  close(): void
}

/**
 * Opens an npy file.
 * @throws UsageError, naming the file, when it cannot be read, is damaged, or is not an array of features.
 */
export function openNpy(file: string): NpyFile {
  let handle: number | null = null
  try {
    handle = openSync(file, 'r')
    return describe(handle, file)
  } catch (error) {
    if (handle !== null) closeSync(handle)
    if (error instanceof UsageError) throw new UsageError(`${file} ${error.message}`)
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
}

function describe(handle: number, file: string): NpyFile {
  const stat = fstatSync(handle)
  if (!stat.isFile()) throw new UsageError('is not a regular file; activations are read in several places at once.')
  const start = Buffer.alloc(Math.min(stat.size, NPY_HEADER_ROOM))
  readFully(handle, start, 0)
  const header = parseNpyHeader(start)
  const { shape } = header
  const width = shape.at(-1)
  if (width === undefined || shape.length < 2) {
    throw new UsageError(
      `has shape (${shape.join(', ')}${shape.length === 1 ? ',' : ''}): observations and features need an axis each. ` +
        'For one feature save array.reshape(-1, 1), for one observation array.reshape(1, -1).',
    )
  }
  if (width === 0) throw new UsageError(`has shape (${shape.join(', ')}): no features.`)
  const observations = shape.slice(0, -1).reduce((product, size) => product * size, 1)
  if (observations === 0) throw new UsageError(`has shape (${shape.join(', ')}): no observations.`)
  const wanted = observations * width * (header.format.bits / 8)
  const there = stat.size - header.dataOffset
  const said = `its header says ${wanted.toLocaleString('en')} bytes of numbers, ${there.toLocaleString('en')} are there.`
  if (there < wanted) throw new UsageError(`is cut off: ${said}`)
  if (there > wanted) throw new UsageError(`holds more than one array: ${said}`)
  return {
    shape,
    observations,
    width,
    blocks: () => readBlocks({ handle, file, header, observations, width }),
    close: () => closeSync(handle),
  }
}

interface Source {
  handle: number
  file: string
  header: NpyHeader
  observations: number
  width: number
}

function* readBlocks(source: Source): Generator<Float64Array> {
  const { observations, width, file } = source
  const rows = Math.max(1, Math.min(observations, Math.floor(BLOCK / 8 / width)))
  const read = source.header.fortran ? readColumns : readRows
  for (let from = 0; from < observations; from += rows) {
    try {
      yield read(source, from, Math.min(rows, observations - from))
    } catch (error) {
      throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
    }
  }
}

function readRows({ handle, header, width }: Source, from: number, count: number): Float64Array {
  const size = header.format.bits / 8
  return readNumbers(handle, header.format, header.dataOffset + from * width * size, count * width)
}

/** Reads Fortran order, in which each feature's observations lie together, whatever the number of axes. */
function readColumns({ handle, header, width, observations }: Source, from: number, count: number): Float64Array {
  const size = header.format.bits / 8
  const block = new Float64Array(count * width)
  for (let feature = 0; feature < width; feature++) {
    const offset = header.dataOffset + (feature * observations + from) * size
    const column = readNumbers(handle, header.format, offset, count)
    for (let r = 0; r < count; r++) block[r * width + feature] = column[r]!
  }
  return block
}

function readNumbers(handle: number, format: NumberFormat, offset: number, count: number): Float64Array {
  const bytes = Buffer.from(new ArrayBuffer((count * format.bits) / 8))
  readFully(handle, bytes, offset)
  const { buffer } = bytes
  switch (format.bits) {
    case 16:
      if (format.bigEndian) bytes.swap16()
      return Float64Array.from(new Uint16Array(buffer), halfToNumber)
    case 32:
      if (format.bigEndian) bytes.swap32()
      return new Float64Array(new Float32Array(buffer))
    case 64:
      if (format.bigEndian) bytes.swap64()
      return new Float64Array(buffer)
  }
}

/** Value of an IEEE 754 half-precision number, given by its bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

function readFully(handle: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length;) {
    const read = readSync(handle, bytes, done, bytes.length - done, offset + done)
    if (read === 0) throw new UsageError('became shorter while it was read.')
    done += read
  }
}
