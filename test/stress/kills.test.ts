import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { isAlive } from '../../src/runner/processAlive.ts'
import { readLog } from '../../src/runner/history/log.ts'
import { Runs } from '../../src/runner/runs.ts'
import type { WatchedRun } from '../../src/runner/watchedRun.ts'
import { PRELOAD, scriptPath } from '../instrumentation/training.ts'
import { cases, randomNumbers } from '../stress.ts'

const KILLS = cases(4, 100)
/** Milliseconds that a session lives at most before it is killed, whether it has shown anything or not. */
const LONGEST_LIFE_MS = 5000

const folder = mkdtempSync(path.join(os.tmpdir(), 'kills-'))
const at = (name: string): string => path.join(folder, name)
const random = randomNumbers()
let training: number | null = null

beforeAll(async () => {
  const target = { bundle: true, platform: 'node', format: 'cjs' } as const
  await build({ entryPoints: ['test/stress/session.ts'], ...target, outfile: at('session.cjs') })
})
afterAll(() => {
  if (training !== null && isAlive(training)) process.kill(training, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function session(first: object | null): ChildProcess & { stdout: NodeJS.ReadableStream } {
  const request = JSON.stringify({ storage: at('storage'), preload: PRELOAD, shown: at('shown'), first })
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' }
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  return spawn(process.execPath, [at('session.cjs'), request], { env, stdio })
}

/** Kills a session at a random moment: at its start, or once it has shown some batches of events. */
async function killAtRandom(child: ReturnType<typeof session>): Promise<void> {
  const wanted = Math.floor(random() * 4)
  const enough = new Promise<void>((resolve) => {
    let batches = 0
    child.stdout.on('data', (points: Buffer) => (batches += points.length) >= wanted && resolve())
  })
  const life = wanted === 0 ? random() * 400 : LONGEST_LIFE_MS
  await Promise.race([wanted === 0 ? new Promise(() => {}) : enough, setTimeout(life)])
  await setTimeout(random() * 20)
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

it('loses and doubles no event that was shown, however often the session is killed', async () => {
  const begun = session({ script: scriptPath('process/paced.js'), args: [at('stop'), at('done')] })
  const [pid] = (await once(begun.stdout, 'data')) as [Buffer]
  training = Number(pid.toString().split('\n')[0])
  await killAtRandom(begun)
  for (let kill = 1; kill < KILLS; kill++) await killAtRandom(session(null))

  const runs = new Runs({ storage: at('storage'), preload: PRELOAD, takeOverTimeout: 10_000 })
  await runs.reattach()
  const run = runs.current as WatchedRun
  await vi.waitFor(() => expect(run.connected || run.state.progress !== null).toBe(true), { timeout: 120_000 })
  writeFileSync(at('stop'), '')
  await vi.waitFor(() => expect(run.record.ended).toBe(true), { timeout: 120_000, interval: 100 })
  runs.dispose()

  const logged: string[] = []
  for await (const entry of readLog(run.record.log)) {
    if ('malformed' in entry) throw new Error(`line ${entry.line}: ${entry.malformed}`)
    logged.push(`${entry.event.by} ${entry.event.seq}`)
  }
  for (const by of ['session', 'trainer']) {
    const numbers = logged.filter((one) => one.startsWith(by)).map((one) => Number(one.split(' ')[1]))
    expect(numbers).toEqual(numbers.map((_, i) => i))
  }
  const shown = existsSync(at('shown')) ? readFileSync(at('shown'), 'utf8').trim().split('\n') : []
  const inLog = new Set(logged)
  expect(shown.filter((one) => !inLog.has(one))).toEqual([])
  expect(new Set(shown).size).toBe(shown.length)
  expect(run.state.progress?.step).toBe(Number(readFileSync(at('done'), 'utf8')))
})
