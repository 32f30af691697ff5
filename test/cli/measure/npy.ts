/** How an array is stored: NumPy's type string, and whether the first axis varies fastest (Fortran order). */
export interface Storage {
  descr?: string
  fortran?: boolean
}

/**
 * Creates an npy file of version 1. It follows the format's specification, independently of our reader.
 * @param values in C order
 */
export function npy(
  shape: number[],
  values: readonly number[],
  { descr = '<f8', fortran = false }: Storage = {},
): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`
  const padded = dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11) + '\n'
  const head = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.alloc(2),
    Buffer.from(padded, 'latin1'),
  ])
  head.writeUInt16LE(padded.length, 8)
  const size = Number(descr.slice(2))
  const data = new DataView(new ArrayBuffer(values.length * size))
  const little = descr[0] === '<'
  values.forEach((value, i) => {
    const at = (fortran ? fortranIndex(shape, i) : i) * size
    if (size === 8) data.setFloat64(at, value, little)
    else if (size === 4) data.setFloat32(at, value, little)
    else data.setUint16(at, float16Bits(value), little)
  })
  return Buffer.concat([head, Buffer.from(data.buffer)])
}

/** Converts the index of a value in C order to its index in Fortran order. */
function fortranIndex(shape: number[], index: number): number {
  const indices: number[] = []
  for (const size of shape.toReversed()) {
    indices.unshift(index % size)
    index = Math.floor(index / size)
  }
  return shape.reduceRight((offset, size, axis) => offset * size + indices[axis]!, 0)
}

/** Encodes a value as float16. Works only for zero and for normal values that float16 represents exactly. */
function float16Bits(value: number): number {
  if (value === 0) return 0
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 1024
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction
}
