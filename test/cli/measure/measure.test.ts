import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { FileMeasurement } from '../../../src/cli/measure/fileMeasurement.ts'
import { covariance, eigenvaluesOf, expected } from '../../saturation/oracle.ts'
import { npy, type Storage } from './npy.ts'
import { saturation } from '../saturation.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-measure-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

function save(content: Buffer | string): string {
  const file = path.join(folder, `${files++}.npy`)
  writeFileSync(file, content)
  return file
}

/** Correlated features with decreasing variances, in numbers that float16 represents exactly. */
function features(observations: number, width: number): number[][] {
  let seed = 1
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5
  return Array.from({ length: observations }, () => {
    const hidden = Array.from({ length: width }, (_, i) => (8 * random()) / (1 + i))
    return hidden.map((value, i) => Math.round((value + hidden[(i * 3 + 1) % width]!) * 128) / 128)
  })
}

function saveRows(rows: number[][], storage?: Storage, shape = [rows.length, rows[0]!.length]): string {
  return save(npy(shape, rows.flat(), storage))
}

async function measure(list: string[], deltas: number[] = []): Promise<FileMeasurement[]> {
  const { code, stdout, stderr } = await saturation([
    ...['measure', '--json', ...list],
    ...deltas.flatMap((delta) => ['--delta', String(delta)]),
  ])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as FileMeasurement[]
}

const DELTAS = [0.5, 0.9, 0.99, 0.999]

describe('saturation measure', () => {
  it('finds the same k with --k-only', async () => {
    // The first two spectra are wide enough and decay, so that the search for k alone stops early.
    const list = [saveRows(features(420, 21)), saveRows(features(300, 64)), saveRows([[1], [1]])]
    const whole = await measure(list, DELTAS)
    const { stdout } = await saturation([
      'measure',
      '--json',
      '--k-only',
      ...list,
      ...DELTAS.map((d) => `--delta=${d}`),
    ])
    expect(JSON.parse(stdout)).toEqual(whole.map((m) => ({ ...m, effectiveRank: null })))
  })

  it('finds the same for every byte order, type and axis order, at each delta', async () => {
    const rows = features(420, 21)
    const storages = ['<f8', '>f8', '<f4', '>f4', '<f2', '>f2'].flatMap((descr) => [
      { descr },
      { descr, fortran: true },
    ])
    const list = [
      ...storages.map((storage) => saveRows(rows, storage)),
      saveRows(rows, {}, [4, 15, 7, 21]),
      saveRows(rows, { fortran: true }, [4, 15, 7, 21]),
    ]
    const found = await measure(list, DELTAS)
    expect(found.map(({ file, delta }) => ({ file, delta }))).toEqual(
      list.flatMap((file) => DELTAS.map((delta) => ({ file, delta }))),
    )
    const spectrum = eigenvaluesOf(covariance(rows))
    const total = spectrum.reduce((sum, value) => sum + value, 0)
    const entropy = -spectrum.reduce((sum, value) => sum + (value / total) * Math.log(value / total), 0)
    for (const m of found) {
      const { trace, k } = expected(rows, m.delta)
      expect(m).toMatchObject({ width: 21, observations: 420, rejected: 0, status: 'ok', k, saturation: k / 21 })
      expect(m.trace! / trace).toBeCloseTo(1, 12)
      expect(m.effectiveRank).toBeCloseTo(Math.exp(entropy), 9)
    }
  })

  it('is exact where means, scales and shapes are extreme', async () => {
    const base = features(300, 16)
    const map = (change: (value: number, feature: number) => number): number[][] =>
      base.map((row) => row.map((value, i) => change(value, i)))
    const cases: { rows: number[][]; like?: number[][] }[] = [
      { rows: map((value) => 1e6 + value / 100) },
      { rows: map((value, i) => (i % 2 ? 1e6 : -3e3) + value) },
      { rows: map((value) => value * 1e30) },
      { rows: map((value) => value * 1e-30) },
      // The squares of these values underflow or overflow float64. The spectrum has the same k as that of the unscaled
      // values.
      { rows: map((value) => value * 2 ** -1060), like: base },
      { rows: map((value) => value * 2 ** 1000), like: base },
      { rows: features(9, 40) },
      { rows: features(300, 1) },
      { rows: map((value, i) => (i % 3 ? value : 0.1)) },
    ]
    const found = await measure(
      cases.map(({ rows }) => saveRows(rows)),
      DELTAS,
    )
    found.forEach((m, i) => {
      const { rows, like = rows } = cases[Math.floor(i / DELTAS.length)]!
      expect(m, `case ${Math.floor(i / DELTAS.length)}`).toMatchObject({ status: 'ok', k: expected(like, m.delta).k })
    })
  })

  it('needs all of 64 equal eigenvalues: 63 of them hold less than 99 %', async () => {
    const signs = Array.from({ length: 64 }, (_, r) => Array.from({ length: 64 }, (_, c) => (bits(r & c) % 2 ? -1 : 1)))
    const [m] = await measure([saveRows([...signs, ...signs.map((row) => row.map((sign) => -sign))])])
    expect(m).toMatchObject({ k: 64, saturation: 1, delta: 0.99, trace: 64 })
    expect(m!.effectiveRank).toBeCloseTo(64, 9)
  })

  it('reports unusual input in the status', async () => {
    const rows = features(50, 5)
    const holed = rows.map((row) => [...row])
    holed[0]![2] = NaN
    holed[49]![4] = -Infinity
    const found = await measure([
      saveRows(rows.map(() => [0.1, 1e6 / 3, 0, -7, 2 ** -1074])),
      saveRows(holed),
      saveRows(rows.slice(0, 1)),
      saveRows(rows.map((row) => row.map(() => NaN))),
    ])
    const undefinedK = { k: 0, saturation: null, trace: null, effectiveRank: null }
    expect(found).toMatchObject([
      { status: 'constant', k: 0, saturation: 0, trace: 0, effectiveRank: null },
      { status: 'nonFinite', observations: 50, rejected: 2, k: expected(rows.slice(1, -1), 0.99).k },
      { status: 'tooFew', observations: 1, ...undefinedK },
      { status: 'nonFinite', rejected: 50, ...undefinedK },
    ])
  })

  it('prints a table', async () => {
    const file = saveRows(features(2000, 12))
    const { stdout } = await saturation(['measure', file, '--delta', '0.5', '--delta', '1'])
    const [head, ...lines] = stdout.trimEnd().split('\n')
    expect(head).toMatch(/^File +Observations +Delta +Saturation +k \/ width +Effective rank +Trace +Status$/)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/\.npy +2,000 +0\.5 +\d+ % +\d+ \/ 12 +\d+\.\d +\d\S* +ok$/)
  })

  it('marks numbers from too few observations as provisional, and does not count observations with NaN', async () => {
    const rows = features(50, 5)
    const list = [
      saveRows(rows),
      saveRows(rows.slice(1)),
      saveRows(rows.map((row, i) => (i > 0 ? row : row.map(() => NaN)))),
    ]
    expect((await measure(list)).map(({ provisional }) => provisional)).toEqual([false, true, true])
    const { stdout } = await saturation(['measure', ...list])
    const [, enough, ...few] = stdout.trimEnd().split('\n')
    expect(enough).toMatch(/ 50 +0\.99 +\d+ % /)
    expect(few.slice(0, 2)).toEqual([
      expect.stringMatching(/ ~\d+ % /),
      expect.stringMatching(/ ~\d+ % .*in 1 observation, left out/),
    ])
    expect(few[2]).toBe('~ provisional: fewer than 10 observations per dimension')
    expect((await saturation(['measure', list[0]!])).stdout).not.toContain('~')
  })

  it('reports what is wrong with a bad file, measures the others, and exits with 2', async () => {
    const good = saveRows(features(40, 3))
    const whole = npy([2, 3], [1, 2, 3, 4, 5, 6])
    const bad: [file: string, reason: string][] = [
      [save('PK\x03\x04'), 'is not an npy file'],
      [save(''), 'is not an npy file'],
      [save(whole.subarray(0, 9)), 'is cut off in its header'],
      [save(whole.subarray(0, 40)), 'is cut off in its header'],
      [save(whole.subarray(0, -1)), 'is cut off: its header says 48 bytes of numbers, 47 are there'],
      [save(Buffer.concat([whole, whole])), 'holds more than one array'],
      [save(Buffer.from(whole.toString('latin1').replace("'shape'", "'shope'"), 'latin1')), 'has a damaged header'],
      [save(Buffer.from(whole.toString('latin1').replace('<f8', '<i8'), 'latin1')), "type '<i8'"],
      [save(Buffer.from(whole.toString('latin1').replace("'<f8'", "[('a', '<f8')]"), 'latin1')), 'a structured type'],
      [save(Buffer.from(whole.toString('latin1').replace('NUMPY\x01', 'NUMPY\x09'), 'latin1')), 'has npy version 9'],
      [save(npy([6], [1, 2, 3, 4, 5, 6])), 'has shape (6,): observations and features need an axis each'],
      [save(npy([], [1])), 'has shape (): observations and features need an axis each'],
      [save(npy([4, 0], [])), 'no features'],
      [save(npy([0, 20_000], [])), 'has shape (0, 20000): no observations'],
      [save(npy([1, 20_000], new Array<number>(20_000).fill(1))), 'has 20,000 features; up to 16,384'],
      ...['1 0, 10', '2LL, 3', '2, ,3', '-2, -3', '9'.repeat(17)].map((shape): [string, string] => [
        save(Buffer.from(whole.toString('latin1').replace('(2, 3)', `(${shape})`), 'latin1')),
        'is no shape',
      ]),
      [path.join(folder, 'missing.npy'), 'cannot be read: ENOENT'],
      [folder, 'is not a regular file'],
    ]
    const { code, stdout, stderr } = await saturation(['measure', '--json', ...bad.map(([file]) => file), good])
    expect(code).toBe(2)
    expect((JSON.parse(stdout) as FileMeasurement[]).map((m) => m.file)).toEqual([good])
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(bad.length)
    bad.forEach(([file, reason], i) => {
      expect(lines[i]).toContain(`saturation: ${file} `)
      expect(lines[i]).toContain(reason)
    })
  })
})

function bits(value: number): number {
  return value.toString(2).replaceAll('0', '').length
}
