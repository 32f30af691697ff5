import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RunEvent } from '../../src/protocol/events.ts'
import { readLog } from '../../src/runner/history/log.ts'
import { Runs } from '../../src/runner/runs.ts'
import { isAlive } from '../../src/runner/processAlive.ts'
import type { WatchedRun } from '../../src/runner/watchedRun.ts'
import { NODE_ARGS, ofType, PRELOAD, scriptPath } from '../instrumentation/training.ts'

const OPTIONS = { delta: 0.99, budget: 1, orphanAfter: 2000 }
const WAIT = { timeout: 120_000, interval: 50 }
const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-runs-'))
const host = path.join(folder, 'host.cjs')
const children: ChildProcess[] = []
const trainings: number[] = []

beforeAll(async () => {
  await build({ entryPoints: ['test/runner/host.ts'], bundle: true, platform: 'node', format: 'cjs', outfile: host })
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const pid of trainings) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/**
 * Files through which a test and a training communicate: the training ends when `stop` exists, and then writes `done`.
 */
function files(name: string): { storage: string; stop: string; done: string } {
  const at = (what: string): string => path.join(folder, `${name}-${what}`)
  return { storage: at('storage'), stop: at('stop'), done: at('done') }
}

/** Starts a training from a session in a process of its own, and kills that session once it has seen some steps. */
async function abandon(name: string, orphanAfter: number | null, script = 'process/paced.js', more: string[] = []) {
  const { storage, stop, done } = files(name)
  const request = { storage, preload: PRELOAD, script: scriptPath(script), args: [stop, done, ...more], orphanAfter }
  const child = spawn(process.execPath, [host, JSON.stringify(request)], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const pid = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
    child.once('exit', () => reject(new Error('the session ended by itself')))
  })
  trainings.push(pid)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  return pid
}

async function reattach(name: string): Promise<{ runs: Runs; run: WatchedRun }> {
  const runs = new Runs({ storage: files(name).storage, preload: PRELOAD })
  await runs.reattach()
  return { runs, run: runs.current as WatchedRun }
}

async function logged(run: WatchedRun): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const entry of readLog(run.record.log)) {
    if ('malformed' in entry) throw new Error(entry.malformed)
    events.push(entry.event)
  }
  return events
}

describe('a session that is killed in mid-run', () => {
  it.concurrent('is replaced by another, and the log has every step in order and the end', async () => {
    await abandon('reattached', 60_000)
    const { runs, run } = await reattach('reattached')
    const before = run.state.progress!.step
    expect(run.state.phase).toBe('training')
    await vi.waitFor(() => expect(run.state.progress!.step).toBeGreaterThan(before + 5), WAIT)
    expect(run.connected).toBe(true)
    writeFileSync(files('reattached').stop, '')
    await vi.waitFor(() => expect(run.record.ended).toBe(true), WAIT)
    const events = await logged(run)
    const reported = events.filter(({ by }) => by === 'trainer')
    expect(reported.map(({ seq }) => seq)).toEqual(reported.map((_, i) => i))
    const steps = ofType(events, 'step').map(({ step }) => step)
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
    expect(steps.at(-1)).toBe(Number(readFileSync(files('reattached').done, 'utf8')))
    expect(run.state.ended).toMatchObject({ how: 'failed', exitCode: 7 })
    expect(run.state.problems).toEqual([])
    runs.dispose()
  })

  it.concurrent('is replaced by another, which watches the next process of the command', async () => {
    const next = files('searched-next')
    await abandon('searched', 60_000, '../programs/processes/pacedSearch.cjs', [next.stop, next.done])
    const { runs, run } = await reattach('searched')
    expect(runs.all).toEqual([run])
    await vi.waitFor(() => expect(run.connected).toBe(true), WAIT)
    writeFileSync(files('searched').stop, '')
    await vi.waitFor(() => expect(runs.all).toHaveLength(2), WAIT)
    await vi.waitFor(() => expect(run.record.ended).toBe(true), WAIT)
    const second = runs.all[1]!
    expect(runs.current).toBe(second)
    await vi.waitFor(() => expect(second.state.phase).toBe('training'), WAIT)
    await expect(runs.start({ script: scriptPath('process/paced.js'), args: [], options: OPTIONS })).rejects.toThrow(
      'Stop it',
    )
    expect(second.state).toMatchObject({ script: run.state.script, args: run.state.args, cwd: run.state.cwd })
    writeFileSync(next.stop, '')
    await vi.waitFor(() => expect(second.record.ended).toBe(true), WAIT)
    expect(second.state).toMatchObject({ ended: { how: 'failed', exitCode: 7 }, problems: [] })
    runs.dispose()
  })

  it.concurrent('is replaced by another, which can stop the training', async () => {
    const pid = await abandon('stopped', 60_000)
    const { runs, run } = await reattach('stopped')
    expect(run.record.pid).toBe(pid)
    run.stop()
    await vi.waitFor(() => expect(run.record.ended || !isRunning(pid)).toBe(true), WAIT)
    await run.processLost('')
    expect(run.state.ended).toMatchObject({ how: 'stopped' })
    expect(isRunning(pid)).toBe(false)
    runs.dispose()
  })

  it.concurrent('leaves no training behind when no other session takes over', async () => {
    const pid = await abandon('orphan', 300)
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), WAIT)
    expect(existsSync(files('orphan').done)).toBe(false)
  })

  it.concurrent('leaves the training running to its end when orphanAfter is null', async () => {
    await abandon('free', null)
    writeFileSync(files('free').stop, '')
    await vi.waitFor(() => expect(existsSync(files('free').done)).toBe(true), WAIT)
  })
})

describe('a training process', () => {
  it.concurrent('trains on when no session listens any more, and ends with its own exit code', async () => {
    const { storage, stop, done } = files('unheard')
    const options = { delta: 0.99, budget: 1, orphanAfter: null }
    const request = { script: scriptPath('process/paced.js'), args: [stop, done], node: process.execPath, options }
    const runs = new Runs({ storage, preload: PRELOAD })
    const { command, args, env, cwd } = await runs.start(request)
    runs.dispose()
    const child = spawn(command, [...NODE_ARGS, ...args], {
      cwd,
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env },
    })
    children.push(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    writeFileSync(stop, '')
    const exit = await new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
    expect({ exit, output }).toEqual({ exit: { code: 7, signal: null }, output: '' })
    expect(existsSync(done)).toBe(true)
  })

  it.concurrent('is stopped over the socket, and one run at a time is started', async () => {
    const { storage, stop, done } = files('current')
    const runs = new Runs({ storage, preload: PRELOAD })
    const shown: unknown[] = []
    runs.onDidChangeCurrent(() => shown.push(runs.current))
    const options = { delta: 0.99, budget: 1, orphanAfter: 2000 }
    const request = { script: scriptPath('process/paced.js'), args: [stop, done], node: process.execPath, options }
    await expect(runs.start({ ...request, script: '/no/such.js' })).rejects.toThrow('There is no script /no/such.js.')
    await expect(runs.start({ ...request, node: '/no/node' })).rejects.toThrow('/no/node was not found.')
    const { run, command, args, env, cwd, ended } = await runs.start(request)
    expect(shown).toEqual([run])
    await expect(runs.start(request)).rejects.toThrow('A run is still training.')
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'ignore' })
    children.push(child)
    const exited = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    await vi.waitFor(() => expect(run.state.phase).toBe('training'), WAIT)
    expect(run.stop()).toBe(true)
    expect(await exited).toBe('SIGTERM')
    await ended({ exitCode: null, signal: 'SIGTERM' })
    expect(run.state).toMatchObject({ phase: 'ended', ended: { how: 'stopped' } })
    expect(run.state.problems).toEqual([])
    runs.dispose()
  })
})

describe('a command with several processes that train', () => {
  it.concurrent('has a run of each; the latest is shown, or the one that a person has chosen', async () => {
    const { storage } = files('several')
    const trials = ['a', 'b', 'c'].map((name) => files(`several-${name}`))
    const runs = new Runs({ storage, preload: PRELOAD })
    const args = trials.flatMap(({ stop, done }) => [stop, done])
    const script = scriptPath('../programs/processes/pacedSearch.cjs')
    const { command, args: all, env, cwd, ended, run } = await runs.start({ script, args, options: OPTIONS })
    const child = spawn(command, all, { cwd, env: { ...process.env, ...env }, stdio: 'ignore' })
    children.push(child)
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
    await vi.waitFor(() => expect(run.state.phase).toBe('training'), WAIT)
    writeFileSync(trials[0]!.stop, '')
    await vi.waitFor(() => expect(runs.all[1]?.state.phase).toBe('training'), WAIT)
    expect(runs.current).toBe(runs.all[1])
    expect(run.state.ended).toMatchObject({ how: 'failed', exitCode: 7 })

    runs.choose(run)
    await expect(runs.start({ script, args, options: OPTIONS })).rejects.toThrow('A run is still training.')
    expect(runs.all[1]!.stop()).toBe(true)
    await vi.waitFor(() => expect(runs.all[2]?.state.phase).toBe('training'), WAIT)
    expect(runs.current).toBe(run)
    writeFileSync(trials[2]!.stop, '')
    expect(await exit).toBe(0)
    await ended({ exitCode: 0, signal: null })
    await vi.waitFor(() => expect(runs.all.map(({ record }) => record.ended)).toEqual([true, true, true]), WAIT)
    expect(runs.all.map(({ state }) => state.ended?.how)).toEqual(['failed', 'stopped', 'failed'])
    expect(readdirSync(run.folder)).not.toContain('invitation.json')

    const known = runs.all.map(({ id }) => id)
    runs.dispose()
    const later = new Runs({ storage, preload: PRELOAD })
    await later.reattach()
    expect(later.current?.id).toBe(known.at(-1))
    const kept = await later.list()
    expect(kept.map(({ id }) => id)).toEqual(known.reverse())
    later.choose(kept[1]!)
    expect(later.current?.state).toMatchObject({ phase: 'ended', ended: { how: 'stopped' } })
    later.dispose()
  })
})

/**
 * True when a process runs. A killed process exists as a zombie until its parent has waited for it, but does not run.
 */
function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return process.platform !== 'linux'
  }
}
