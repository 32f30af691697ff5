import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { gaussian } from '../../../src/saturation/linalg/gaussian.ts'
import { covariance, eigensystem, eigenvaluesOf } from '../../saturation/oracle.ts'
import { npy, type Storage } from './npy.ts'
import { saturation } from '../saturation.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-embedding-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => path.join(folder, name)

function save(name: string, rows: number[][], storage?: Storage): string {
  writeFileSync(at(name), npy([rows.length, rows[0]!.length], rows.flat(), storage))
  return at(name)
}

/** Random rows of correlated features with decreasing variances around `mean`. */
function features(count: number, width: number, mean = 0): number[][] {
  const numbers = gaussian(count * width, width)
  return Array.from({ length: count }, (_, r) => {
    const hidden = Array.from({ length: width }, (_, i) => numbers[r * width + i]! / (1 + i))
    return hidden.map((value, i) => Math.fround(mean + value + hidden[(i * 3 + 1) % width]!))
  })
}

/** Projects the centred rows on the leading eigenvectors that a library computes: [count][components]. */
function scores(rows: number[][], components: number): number[][] {
  const { mean, vectors } = eigensystem(rows)
  const leading = vectors.slice(0, components)
  return rows.map((row) => leading.map((v) => row.reduce((sum, x, i) => sum + (x - mean[i]!) * v[i]!, 0)))
}

/** Reads an npy file as the format's specification describes it: float64 in C order. */
function readNpy(file: string): { shape: number[]; values: Float64Array } {
  const bytes = readFileSync(file)
  const begin = 10 + bytes.readUInt16LE(8)
  expect(begin % 64).toBe(0)
  const header = bytes.toString('latin1', 10, begin)
  expect(header).toMatch(/^{'descr': '<f8', 'fortran_order': False, 'shape': \(\d+, \d+\), } *\n$/)
  const shape = /\((\d+), (\d+)\)/.exec(header)!.slice(1).map(Number)
  return {
    shape,
    values: new Float64Array(bytes.buffer.slice(bytes.byteOffset + begin, bytes.byteOffset + bytes.length)),
  }
}

async function embed(input: string, output: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await saturation(['measure', input, '--embedding', output, ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

describe('saturation measure --embedding', () => {
  it.each([{}, { descr: '>f4', fortran: true }])(
    'writes the scores that a library computes, for numbers stored as %j',
    async (storage) => {
      const rows = features(300, 12)
      await embed(save('rows.npy', rows, storage), at('out.npy'))
      const { shape, values } = readNpy(at('out.npy'))
      expect(shape).toEqual([300, 2])
      scores(rows, 2)
        .flat()
        .forEach((score, i) => expect(values[i]).toBeCloseTo(score, 10))
    },
  )

  it('writes the requested number of components to a CSV file', async () => {
    const rows = features(50, 5)
    await embed(save('rows.npy', rows), at('out.csv'), '--components', '3')
    const [head, ...lines] = readFileSync(at('out.csv'), 'utf8').trim().split('\n')
    expect(head).toBe('component_1,component_2,component_3')
    expect(lines).toHaveLength(50)
    scores(rows, 3).forEach((score, r) =>
      lines[r]!.split(',').forEach((text, i) => expect(Number(text)).toBeCloseTo(score[i]!, 10)),
    )
  })

  it('keeps small deviations from large means, and the row positions of observations with NaN', async () => {
    const rows = features(200, 6).map((row) => row.map((x) => 1e6 + Math.round(x * 4096) / 4096))
    const around: number[][] = [
      ...rows.slice(0, 7),
      rows[0]!.map(() => NaN),
      ...rows.slice(7),
      [Infinity, ...rows[0]!.slice(1)],
    ]
    await embed(save('rows.npy', around), at('out.npy'))
    const { values } = readNpy(at('out.npy'))
    const expected = scores(
      rows.map((row) => row.map((x) => x - 1e6)),
      2,
    )
    const finite = values.filter((_, i) => Math.floor(i / 2) !== 7 && Math.floor(i / 2) !== 201)
    expected.flat().forEach((score, i) => expect(finite[i]).toBeCloseTo(score, 9))
    expect(Array.from(values.filter((_, i) => Math.floor(i / 2) === 7 || Math.floor(i / 2) === 201))).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
    ])
  })

  it('has the eigenvalues as variances, with rows in more than one block', async () => {
    // A block holds 32 MB of float64 values: 8,192 rows of 512 features. 8,300 rows need a second block.
    const [count, width] = [8_300, 512]
    const numbers = gaussian(count * width, 4)
    const values = numbers.map((x, i) => x / (1 + (i % width)))
    const rows = Array.from({ length: count }, (_, r) => Array.from(values.subarray(r * width, (r + 1) * width)))
    await embed(save('rows.npy', rows, { descr: '<f4' }), at('out.npy'), '--components', '4')
    const points = readNpy(at('out.npy'))
    expect(points.shape).toEqual([count, 4])
    const found = covariance(
      Array.from({ length: count }, (_, r) => Array.from(points.values.subarray(4 * r, 4 * r + 4))),
    )
    const leading = eigenvaluesOf(covariance(rows.map((row) => row.slice(0, 24)))).slice(0, 4)
    found.forEach((row, i) =>
      row.forEach((entry, j) => {
        // The expected eigenvalues are from the first 24 features. The other 488 add nearly nothing to the first four.
        if (i === j) expect(entry / leading[i]!).toBeCloseTo(1, 2)
        else expect(Math.abs(entry)).toBeLessThan(1e-12)
      }),
    )
  })

  it('is zero where nothing varies', async () => {
    await embed(
      save('rows.npy', [
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
      at('out.csv'),
    )
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('component_1,component_2\n0,0\n0,0\n0,0\n')
  })

  it('reports which file it cannot write, and why', async () => {
    const input = save('rows.npy', features(20, 3))
    const before = readFileSync(input)
    const refused = async (...args: string[]) => {
      const { code, stderr } = await saturation(['measure', ...args])
      expect(code).toBe(2)
      return stderr
    }
    expect(await refused(input, '--embedding', at('out.txt'))).toContain('.npy or .csv')
    expect(await refused(input, '--embedding', input)).toContain('is the file that is measured')
    expect(readFileSync(input)).toEqual(before)
    expect(await refused(input, input, '--embedding', at('out.npy'))).toContain('takes one file')
    expect(await refused(input, '--embedding', at('none/out.npy'))).toContain('none/out.npy cannot be written')
    expect(await refused(input, '--embedding', at('out.npy'), '--components', '0')).toContain('whole number above 0')
  })
})
