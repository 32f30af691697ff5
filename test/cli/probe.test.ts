import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { ProbeJson } from '../../src/report/probeJson.ts'
import { runPlain } from '../instrumentation/training.ts'
import { saturation } from './saturation.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../fixtures/scripts/probing/deep.mjs')
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-probe-'))
const at = (name: string): string => path.join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('saturation probe shows which of eight layers contribute, and disturbs no bit', { timeout: 240_000 }, async () => {
  const plain = await runPlain(SCRIPT, { args: ['2'] })
  const first = await saturation([
    'probe',
    '--json',
    '--seconds',
    '400',
    '--log',
    at('a.jsonl'),
    '--html',
    at('a.html'),
    SCRIPT,
    '2',
  ])
  expect(first.code, first.stderr).toBe(0)
  // With --json, what the script prints goes to the error output.
  const [printed] = /^\{"hash".*\}$/m.exec(first.stderr) ?? ['']
  expect(JSON.parse(printed)).toEqual(JSON.parse(plain.stdout))
  const { hash, after, grown } = JSON.parse(printed) as { hash: string; after: string; grown: number }
  expect([after, grown]).toEqual([hash, 0])

  const json = JSON.parse(first.stdout) as ProbeJson
  expect(json).toMatchObject({ metric: 'accuracy', outputs: 10, source: 'validation', done: true })
  expect(json.layers.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((i) => `dense_${i}`))
  for (const { value, saturation: share, converged } of json.layers) {
    expect(value).toBeGreaterThan(0.85)
    expect(share).toBeGreaterThan(0)
    expect(converged).toBe(true)
  }
  expect(json.layers[7]!.saturation).toBeLessThan(json.layers[0]!.saturation!)
  // A digit can be read from the first layers already.
  expect(json.tail).toMatchObject({ kind: 'tail' })
  expect(json.tail!.layers.at(-1)).toBe('dense_8')
  expect(json.tail!.overrides.at(-1)).toBe('dense_8.repeat=0')
  expect(first.stderr).toContain(json.tail!.words[0])
  expect(readFileSync(at('a.html'), 'utf8')).toContain('dense_8')

  const again = await saturation(['probe', '--from', at('a.jsonl'), '--log', at('b.jsonl'), SCRIPT, '2'])
  expect(again.code, again.stderr).toBe(0)
  expect(again.stderr).toContain('8 layers were probed before, in the same network.')
  expect(again.stderr).toContain('Nothing was trained')
  expect(again.stderr).toMatch(/saturation try --candidate \S*dense_8\.repeat=0 --from-scratch --inherit \S+a\.jsonl/)
})

it('saturation probe says what it cannot do', { timeout: 60_000 }, async () => {
  const nowhere = await saturation(['probe', '--html', at('no/where.html'), SCRIPT])
  expect(nowhere.code).toBe(2)
  expect(nowhere.stderr).toMatch(/where\.html cannot be written: there is no folder/)
  const byHand = path.resolve(import.meta.dirname, '../fixtures/scripts/process/byHand.mjs')
  const unlabelled = await saturation(['probe', '--json', byHand, 'model'])
  expect(unlabelled).toMatchObject({ code: 1, stdout: 'null\n' })
  expect(unlabelled.stderr).toContain('No layer was probed. No labels are known')
})
