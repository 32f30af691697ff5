import fc from 'fast-check'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Learned } from '../../src/folding/learned.ts'
import { LearnedError } from '../../src/learned/learnedError.ts'
import { checkLearned, readLearned, writeLearned } from '../../src/learned/learnedFile.ts'
import { readHeader } from '../../src/learned/safetensors.ts'
import { learned } from './arbitraryLearned.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-learned-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = path.join(folder, 'run.weights.safetensors')

const SMALL: Learned = {
  layers: [
    {
      id: 'hidden',
      name: 'hidden',
      kind: 'Dense',
      file: '/a.js',
      line: 3,
      weights: [{ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    },
  ],
  recipe: { groups: [], weights: [], consumers: [] },
  moments: new Map([['c', { mean: Float64Array.of(0.5), covariance: Float64Array.of(2), observations: 9 }]]),
}

/** The file with its header changed. */
function withHeader(change: (header: Record<string, unknown>) => void): void {
  writeLearned(file, SMALL)
  const bytes = readFileSync(file)
  const length = Number(bytes.readBigUInt64LE())
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>
  change(header)
  const json = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(json.length))
  writeFileSync(file, Buffer.concat([prefix, json, bytes.subarray(8 + length)]))
}

describe('a file of learned weights', () => {
  it('gives back what was written, to the bit', () => {
    fc.assert(
      fc.property(learned, (written) => {
        writeLearned(file, written)
        checkLearned(file)
        expect(readLearned(file)).toEqual(written)
      }),
    )
  })

  it('is readable by its owner only, and leaves nothing beside it', () => {
    writeLearned(file, SMALL)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual([path.basename(file)])
  })

  it('holds values at multiples of their size', () => {
    fc.assert(
      fc.property(learned, (written) => {
        writeLearned(file, written)
        const { start, entries } = readHeader(file)
        for (const { dtype, data_offsets: offsets } of entries.values())
          expect((start + offsets[0]) % (dtype === 'F64' ? 8 : 4)).toBe(0)
      }),
    )
  })

  it('stays as it is when another cannot be written in its place', () => {
    writeLearned(file, SMALL)
    const values = new Proxy(Float32Array.of(1), {
      get: (target, key) => {
        if (key === 'buffer') throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
        return Reflect.get(target, key, target) as unknown
      },
    })
    const broken = { ...SMALL, layers: [{ ...SMALL.layers[0]!, weights: [{ shape: [1], values }] }] }
    expect(() => writeLearned(file, broken)).toThrow('no space left')
    expect(readLearned(file)).toEqual(SMALL)
    expect(readdirSync(folder)).toEqual([path.basename(file)])
  })

  it('leaves moments out that are not finite', () => {
    const moments = new Map([['c', { mean: Float64Array.of(0), covariance: Float64Array.of(NaN) }]])
    writeLearned(file, { ...SMALL, moments })
    expect(readLearned(file).moments.size).toBe(0)
  })

  it('is refused with weights that are not finite', () => {
    const weights = [{ shape: [1], values: Float32Array.of(NaN) }]
    writeLearned(file, { ...SMALL, layers: [{ ...SMALL.layers[0]!, weights }] })
    expect(() => readLearned(file)).toThrow('the weights of hidden are not finite')
  })
})

describe('a damaged file', () => {
  it('is refused wherever it is cut off', () => {
    writeLearned(file, SMALL)
    const bytes = readFileSync(file)
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length))
      expect(() => checkLearned(file), `${length}`).toThrow(LearnedError)
      expect(() => readLearned(file), `${length}`).toThrow(LearnedError)
    }
  })

  it('is refused, or read as something valid, with any byte changed', () => {
    writeLearned(file, SMALL)
    const bytes = readFileSync(file)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (position, value) => {
        const changed = Buffer.from(bytes)
        changed[position] = value
        writeFileSync(file, changed)
        try {
          expect(readLearned(file).layers).toHaveLength(1)
        } catch (error) {
          expect(error).toBeInstanceOf(LearnedError)
        }
      }),
    )
  })

  it('is refused before memory is taken for a tensor that it does not hold', () => {
    withHeader((header) => Object.assign(header['layers.0.0'] as object, { shape: [1e9, 3], data_offsets: [0, 12e9] }))
    expect(() => readLearned(file)).toThrow('its tensors do not fit')
  })

  it.each([
    ['overlapping tensors', (h: Record<string, unknown>) => (h['again'] = h['layers.0.0']), 'its tensors do not fit'],
    [
      'a missing tensor',
      (h: Record<string, unknown>) => ((h['x'] = h['layers.0.0']), delete h['layers.0.0']),
      'layers.0.0 is missing',
    ],
    ['no metadata of ours', (h: Record<string, unknown>) => (h['__metadata__'] = {}), 'but not those of a run'],
    [
      'another version',
      (h: Record<string, unknown>) => (h['__metadata__'] = { saturation: '{"format":2}' }),
      'another version',
    ],
    [
      'metadata that is no JSON',
      (h: Record<string, unknown>) => (h['__metadata__'] = { saturation: '{' }),
      'is not JSON',
    ],
    [
      'incomplete metadata',
      (h: Record<string, unknown>) => (h['__metadata__'] = { saturation: '{"format":1}' }),
      'written by an older version of Saturation, or is damaged',
    ],
  ])('is refused with %s', (_, change, message) => {
    withHeader(change)
    expect(() => readLearned(file)).toThrow(message)
  })

  it('of an earlier version, which did not say apart what is fixed, is read; one without groups is refused', () => {
    const group = { id: 'hidden', layers: ['hidden'], width: 3, multiple: 1, offset: 0, kept: 'why' }
    const withGroups = (groups: unknown): void =>
      withHeader((header) => {
        const metadata = header['__metadata__'] as Record<string, string>
        const described = JSON.parse(metadata['saturation']!) as { recipe: Record<string, unknown> }
        described.recipe['groups'] = groups
        metadata['saturation'] = JSON.stringify(described)
      })
    withGroups([group])
    checkLearned(file)
    expect(readLearned(file).recipe.groups).toEqual([{ ...group, fixed: null }])
    withGroups(undefined)
    expect(() => readLearned(file)).toThrow(
      'it was written by an older version of Saturation, or is damaged; train again',
    )
  })

  it('is refused when its recipe refers to what is not there', () => {
    const axes = [{ axis: 0, group: 'nowhere', role: 'makes' as const, units: [0, 1] }]
    const recipe = { groups: [], weights: [{ layer: 'hidden', index: 0, shape: [2, 3], axes }], consumers: [] }
    writeLearned(file, { ...SMALL, recipe })
    expect(() => checkLearned(file)).toThrow('the group nowhere is not in it')
  })

  it('that does not exist gives the file system’s error', () => {
    rmSync(file, { force: true })
    expect(existsSync(file)).toBe(false)
    expect(() => readLearned(file)).toThrow('ENOENT')
  })
})
