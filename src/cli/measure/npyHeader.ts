import { UsageError } from '../console/usageError.ts'

/** How one number is stored. */
export interface NumberFormat {
  /** Bits of the IEEE 754 number. */
  bits: 16 | 32 | 64
  bigEndian: boolean
}

/** What the header of an npy file says. */
export interface NpyHeader {
  shape: number[]
  /** True when the first axis varies fastest. */
  fortran: boolean
  format: NumberFormat
  /** Byte at which the numbers begin. */
  dataOffset: number
}

/** Bytes that no header of numpy exceeds. A damaged header may claim any length. */
const LONGEST_HEADER = 64 * 1024
const MAGIC = Buffer.from('\x93NUMPY', 'latin1')

/** An entry of a header's dictionary, with its key and value. A structured type ends where the next entry begins. */
const ENTRY =
  /'(fortran_order|shape|descr)':\s*(True|False|\([^()]*\)|'[^']*'|\[.*?\](?=\s*(?:,\s*'(?:fortran_order|shape)'|,?\s*\})))/g

/**
 * Parses the header of an npy file (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 * @param start the file's first bytes, at least its header.
 * @throws UsageError when it is no npy file or holds other than real floating-point numbers; the message does not name the file.
 */
export function parseNpyHeader(start: Buffer): NpyHeader {
  if (!start.subarray(0, MAGIC.length).equals(MAGIC))
    throw new UsageError('is not an npy file (numpy.save writes one).')
  const version = start[6]
  if (version === undefined || version < 1 || version > 3)
    throw new UsageError(`has npy version ${version}; 1 to 3 are known.`)
  const lengthBytes = version === 1 ? 2 : 4
  const textAt = 8 + lengthBytes
  if (start.length < textAt) throw new UsageError('is cut off in its header.')
  const length = start.readUIntLE(8, lengthBytes)
  if (length > LONGEST_HEADER)
    throw new UsageError(`has a damaged header: a length of ${length.toLocaleString('en')} bytes.`)
  if (start.length < textAt + length) throw new UsageError('is cut off in its header.')
  const text = start.toString('utf8', textAt, textAt + length)
  const entries = new Map([...text.matchAll(ENTRY)].map(([, key, value]) => [key, value]))
  const [fortran, dimensions, type] = ['fortran_order', 'shape', 'descr'].map((key) => entries.get(key))
  const hasAll = /^(True|False)$/.test(fortran ?? '') && dimensions !== undefined && type !== undefined
  // Readers would differ in what they take of a header with an entry twice, or with anything else in it.
  if (!hasAll || !/^\{\s*#\s*,\s*#\s*,\s*#\s*,?\s*\}\s*$/.test(text.replace(ENTRY, '#'))) {
    throw new UsageError('has a damaged header: descr, fortran_order and shape are expected in it, and nothing else.')
  }
  const shape = parseShape(dimensions)
  if (shape === null) throw new UsageError(`has a damaged header: ${dimensions.slice(0, 80)} is no shape.`)
  return { shape, fortran: fortran === 'True', format: parseType(type), dataOffset: textAt + length }
}

/** Sizes between commas; a comma may follow the last. @returns null for anything else, and for a size beyond integers. */
function parseShape(dimensions: string): number[] | null {
  if (!/^\(.*\)$/s.test(dimensions)) return null
  const sizes = dimensions
    .slice(1, -1)
    .split(',')
    .map((size) => size.trim())
  if (sizes.at(-1) === '') sizes.pop()
  // Python 2 wrote an L behind a number.
  const shape = sizes.map((size) => (/^\d+L?$/.test(size) ? Number.parseInt(size, 10) : NaN))
  return shape.every(Number.isSafeInteger) ? shape : null
}

/** Bytes of the longest header that `parseNpyHeader` accepts, with the magic string and the length before it. */
export const NPY_HEADER_ROOM = LONGEST_HEADER + 12

function parseType(descr: string): NumberFormat {
  const match = /^'([<>=])f([248])'$/.exec(descr)
  if (!match) {
    const type = descr.startsWith('[') ? 'a structured type' : descr
    throw new UsageError(
      `holds numbers of type ${type}; float16, float32 and float64 can be measured (array.astype('float32')).`,
    )
  }
  // numpy writes < or >. An = means the writer's own byte order, and nearly all machines are little-endian.
  return { bits: (Number(match[2]) * 8) as NumberFormat['bits'], bigEndian: match[1] === '>' }
}

/** Header of an npy file (version 1.0) of little-endian float64 numbers in C order; the numbers follow it. */
export function npyHeader(shape: readonly number[]): Buffer {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const before = MAGIC.length + 4
  // The numbers begin at a multiple of 64 bytes.
  const length = Math.ceil((before + text.length + 1) / 64) * 64 - before
  const header = Buffer.alloc(before + length, ' ')
  MAGIC.copy(header)
  header.writeUInt8(1, 6)
  header.writeUInt8(0, 7)
  header.writeUInt16LE(length, 8)
  header.write(text, before, 'latin1')
  header.write('\n', before + length - 1, 'latin1')
  return header
}
