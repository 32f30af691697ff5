import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseNpyHeader } from '../../../src/cli/measure/npyHeader.ts'
import { UsageError } from '../../../src/cli/console/usageError.ts'
import { cases } from '../../stress.ts'
import { npy } from './npy.ts'

/** A header with this dictionary. */
function header(dictionary: string): Buffer {
  const text = Buffer.from(dictionary, 'latin1')
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1')
  head.writeUInt16LE(text.length, 8)
  return Buffer.concat([head, text])
}

const withShape = (shape: string): Buffer => header(`{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }\n`)

it.each([
  '(1 0, 10)',
  '(10LL, 10)',
  '(10, ,10)',
  '(,)',
  '(,10)',
  '(-1, 10)',
  '(1e3, 10)',
  '(0x10, 2)',
  '(1_0, 2)',
  "'10'",
])('refuses %s as a shape', (shape) => {
  expect(() => parseNpyHeader(withShape(shape))).toThrow(UsageError)
})

it.each([
  "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), 'shape': (3, 2), }",
  "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), } + evil",
  "['descr': '<f8', 'fortran_order': False, 'shape': (2, 3)]",
  "{'descr': '<f8' 'fortran_order': False, 'shape': (2, 3)}",
  "{'descr': (2, 3), 'fortran_order': False, 'shape': (2, 3)}",
  "{'descr': '<f8', 'fortran_order': '<f8', 'shape': (2, 3)}",
])('refuses a header with anything but the three entries: %s', (dictionary) => {
  expect(() => parseNpyHeader(header(dictionary))).toThrow(/has a damaged header|holds numbers of type/)
})

it('takes entries in any order, as NumPy and other writers have them', () => {
  const text = "{'shape':(2,3),'fortran_order':True,'descr':'>f4'}"
  expect(parseNpyHeader(header(text))).toMatchObject({
    shape: [2, 3],
    fortran: true,
    format: { bits: 32, bigEndian: true },
  })
  // Python 2 wrote long integers so.
  expect(parseNpyHeader(withShape('(2L, 3L)')).shape).toEqual([2, 3])
  expect(() =>
    parseNpyHeader(header("{'descr': [('a', [('b', '<f8')])], 'fortran_order': False, 'shape': (2,)}")),
  ).toThrow('a structured type')
})

it('never takes from a damaged header what is not written there, and fails with one sentence only', () => {
  const whole = npy([2, 3], [1, 2, 3, 4, 5, 6])
  const edit = fc.record({ at: fc.nat(130), bytes: fc.uint8Array({ maxLength: 4 }), skipped: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let bytes = whole
      for (const { at, bytes: put, skipped } of edits) {
        bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + skipped)])
      }
      try {
        const { shape } = parseNpyHeader(bytes)
        const written = /'shape':\s*\(([\d,\sL]*)\)/.exec(bytes.toString('latin1'))![1]!
        expect(shape).toEqual(written.match(/\d+/g)?.map(Number) ?? [])
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        expect((error as Error).message).not.toContain('\n')
      }
    }),
    { numRuns: cases(300, 300_000) },
  )
})
