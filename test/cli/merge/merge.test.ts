import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Report } from '../../../src/report/report.ts'
import { reportOfLog, saturation } from '../saturation.ts'

const SCRIPT = path.resolve(import.meta.dirname, '../../fixtures/scripts/merge/worker.cjs')
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-merge-'))
const at = (name: string): string => path.join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(
  'two processes on halves of the data merge to what one process finds on all of it',
  { timeout: 120_000 },
  async () => {
    const keeping = ['--rows', 'all', '--no-keep-weights', '--keep-covariances']
    const train = (part: string) => saturation(['run', ...keeping, '--log', at(`${part}.jsonl`), SCRIPT, part])
    const [first, ...others] = await Promise.all(['first', 'second', 'all'].map(train))
    expect(
      [first!, ...others].map(({ code }) => code),
      first!.stderr,
    ).toEqual([0, 0, 0])

    const halves = [at('first.jsonl'), at('second.jsonl')]
    const merged = await saturation(['merge', ...halves, '--json', '--log', at('both.jsonl')])
    expect(merged.code, merged.stderr).toBe(0)
    const { layers, run } = JSON.parse(merged.stdout) as Report
    const whole = await reportOfLog(at('all.jsonl'))
    const numbers = ({
      id,
      split,
      k,
      observations,
      saturation: share,
      trace,
      effectiveRank,
      verdict,
    }: Report['layers'][number]) => {
      const rounded = expect.closeTo(trace!, 4) as number
      const rank = expect.closeTo(effectiveRank!, 3) as number
      return { id, split, k, observations, saturation: share, verdict, trace: rounded, effectiveRank: rank }
    }
    expect(layers).toMatchObject(whole.layers.map(numbers))
    expect(layers.map(({ observations }) => observations)).toEqual([7680, 480, 480])

    expect(run.problems).toEqual([])
    expect(run.message).toBe(`Pooled from ${halves.join(', ')}.`)

    // The result is a log like others, and merges further.
    expect(await reportOfLog(at('both.jsonl'))).toMatchObject({ layers: layers.map(({ id, k }) => ({ id, k })) })
    const further = await saturation(['merge', at('both.jsonl'), at('all.jsonl')])
    expect(further.stdout).toContain('15,360')

    // What cannot be merged is a sentence and exit code 2.
    const wrong = async (...args: string[]) => {
      const { code, stderr } = await saturation(['merge', ...args])
      expect(code).toBe(2)
      return stderr
    }
    expect(await wrong(at('all.jsonl'), at('all.jsonl'))).toContain('is given twice')
    expect(await wrong(at('first.jsonl'), at('all.jsonl'), '--log', at('all.jsonl'))).toContain('name another file')
    rmSync(at('second.covariances.safetensors'))
    expect(await wrong(...halves)).toContain('second.jsonl has no covariances beside it')
    // A new run of that name, which keeps none, does not seem to have the earlier one's.
    await saturation(['run', '--no-keep-weights', '--log', at('first.jsonl'), SCRIPT, 'first'])
    expect(existsSync(at('first.covariances.safetensors'))).toBe(false)
  },
)
