import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Study, type StudyPlan } from '../../../src/experiments/sweep/study.ts'
import type { TrialResult } from '../../../src/experiments/sweep/trials.ts'
import type { Trial, TrialEnd, TrialPool } from '../../../src/experiments/sweep/trialPool.ts'
import { PROTOCOL, type EventBody } from '../../../src/protocol/events.ts'

const EPOCHS = 3
let folder: string
let script: string

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-study-'))
  script = path.join(folder, 'train.js')
  writeFileSync(script, '')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What a trial of the pool does: the metric after each epoch, or how it ends. */
interface Behaviour {
  values?: number[]
  how?: TrialEnd['how']
  fails?: boolean
}

/** A pool that writes logs as trainings do, at once. */
class WritingPool implements TrialPool {
  readonly ran: string[] = []
  #running = 0
  readonly #of: (trial: Trial, attempt: number) => Behaviour

  constructor(of: (trial: Trial, attempt: number) => Behaviour = () => ({})) {
    this.#of = of
  }

  hasRoom(): boolean {
    return this.#running < 2
  }

  async run(trial: Trial, log: string): Promise<TrialEnd> {
    this.#running++
    this.ran.push(trial.file)
    const {
      values = [0.5, 0.7, 0.9],
      how = 'ended',
      fails = false,
    } = this.#of(trial, this.ran.filter((file) => file === trial.file).length)
    // Until the log is new, the study must not read what an earlier attempt has left.
    await new Promise((resolve) => setTimeout(resolve, 5))
    let seq = 0
    const write = (event: EventBody): void =>
      appendFileSync(log, `${JSON.stringify({ seq: seq++, by: 'session', time: Date.now() + 60_000, ...event })}\n`)
    const { overrides } = trial
    write({ type: 'run started', protocol: PROTOCOL, script, args: [], cwd: process.cwd(), overrides: [...overrides] })
    values.forEach((value, epoch) =>
      write({ type: 'epoch', epoch, step: 4 * (epoch + 1), metrics: { val_acc: value } }),
    )
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (how === 'ended')
      write({
        type: 'run ended',
        how: fails ? 'failed' : 'completed',
        exitCode: 0,
        signal: null,
        message: fails ? 'It threw.' : '',
      })
    else if (how === 'again')
      write({ type: 'run ended', how: 'killed', exitCode: null, signal: 'SIGTERM', message: 'Ended by SIGTERM.' })
    this.#running--
    return { how, exitCode: 0, errors: '', peakBytes: 1e8 }
  }
}

function plan(names: readonly string[], more: Partial<StudyPlan> = {}): StudyPlan {
  const networks = names.map((name) => ({
    name,
    file: name,
    overrides: [{ layer: name, property: 'units', value: 1 }],
  }))
  const program = { script, args: [], npm: false }
  return { program, networks, set: [], repeats: 1, metric: null, givesUp: false, folder, ...more }
}

async function study(made: StudyPlan, pool: TrialPool, signal = new AbortController().signal) {
  const results = await new Study(made, pool, signal, () => undefined).run()
  return results.map(({ trial, outcome }: TrialResult) => `${trial.file}: ${outcome.how}`)
}

describe('a study', () => {
  it('goes on where a trial fails or takes too much memory, and repeats what had to make room', async () => {
    const pool = new WritingPool(({ file }, attempt) => {
      if (file === 'throws') return { fails: true }
      if (file === 'large') return { how: 'no memory' }
      return file === 'second' && attempt === 1 ? { how: 'again' } : {}
    })
    expect(await study(plan(['throws', 'large', 'second']), pool)).toEqual([
      'baseline: completed',
      'throws: failed',
      'large: out of memory',
      'second: completed',
    ])
    expect(pool.ran.filter((file) => file === 'second')).toHaveLength(2)
  })

  it('repeats no trial that has ended, also beside files that are half written', async () => {
    await study(plan(['a', 'b', 'c']), new WritingPool(({ file }) => ({ fails: file === 'b' })))
    // The command was killed while it wrote the outcome of a, and while c was trained.
    const half = (name: string, share: number): void => {
      const text = readFileSync(path.join(folder, name), 'utf8')
      writeFileSync(path.join(folder, name), text.slice(0, share * text.length))
    }
    half('a.json', 0.5)
    rmSync(path.join(folder, 'c.json'))
    half('c.jsonl', 0.7)
    const pool = new WritingPool()
    expect(await study(plan(['a', 'b', 'c', 'd']), pool)).toEqual([
      'baseline: completed',
      'a: completed',
      'b: failed',
      'c: completed',
      'd: completed',
    ])
    expect(pool.ran.sort()).toEqual(['c', 'd'])
  })

  it('keeps what has ended when it is interrupted, and goes on from there', async () => {
    const interrupt = new AbortController()
    const first = new WritingPool(({ file }) => {
      if (file !== 'b') return {}
      interrupt.abort()
      return { how: 'stopped', values: [0.1] }
    })
    expect(await study(plan(['a', 'b', 'c', 'd']), first, interrupt.signal)).toEqual([
      'baseline: completed',
      'a: completed',
    ])
    const second = new WritingPool()
    await study(plan(['a', 'b', 'c', 'd']), second)
    expect(second.ran).toEqual(['b', 'c', 'd'])
  })

  it('does not repeat trainings that fix their random numbers', async () => {
    const same = new WritingPool()
    await study(plan(['a'], { repeats: 3 }), same)
    expect(same.ran.sort()).toEqual(['a', 'baseline', 'baseline-2'])
    rmSync(path.join(folder, 'baseline.json'))
    const varied = new WritingPool(({ repeat }) => ({ values: [0.5, 0.7, 0.9 + repeat / 100] }))
    await study(plan(['b'], { repeats: 3, folder: mkdtempSync(path.join(folder, 'again-')) }), varied)
    expect(varied.ran).toHaveLength(2 * EPOCHS)
  })

  it('trains again what other overrides or another source have made', async () => {
    await study(plan(['a']), new WritingPool())
    const pool = new WritingPool()
    await study(plan(['a'], { set: [{ layer: 'fit', property: 'epochs', value: 2 }] }), pool)
    expect(pool.ran).toEqual(['baseline', 'a'])
  })

  it('ends where the script as it is fails, and for a metric that there is not', async () => {
    const failing = new WritingPool(() => ({ fails: true }))
    await expect(study(plan(['a']), failing)).rejects.toThrow('The training of the script as it is failed. It threw.')
    const other = { metric: 'val_f1', folder: mkdtempSync(path.join(folder, 'other-')) }
    await expect(study(plan(['a'], other), new WritingPool())).rejects.toThrow(
      'There is no metric val_f1. The training reports val_acc.',
    )
  })
})
