import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { STOP } from '../../src/protocol/handshake.ts'
import { Runs, type Started } from '../../src/runner/runs.ts'
import { stepEvent } from '../run/events.ts'
import { Client } from './client.ts'
import type { WatchedRun } from '../../src/runner/watchedRun.ts'

const WAIT = { timeout: 60_000, interval: 20 }
const OPTIONS = { delta: 0.99, budget: 1, orphanAfter: 2000 }

let storage: string
let script: string
let sessions: Runs[]
let clients: Client[]

beforeEach(() => {
  storage = mkdtempSync(path.join(os.tmpdir(), 'saturation-others-'))
  script = path.join(storage, 'train.js')
  writeFileSync(script, '')
  sessions = []
  clients = []
})
afterEach(() => {
  for (const client of clients) client.leave()
  for (const session of sessions) session.dispose()
  rmSync(storage, { recursive: true, force: true })
})

/** Opens a window on the folder, as far as its runs are concerned. */
async function openWindow(): Promise<Runs> {
  const runs = new Runs({ storage, preload: script, takeOverTimeout: 0 })
  sessions.push(runs)
  await runs.reattach()
  return runs
}

function start(window: Runs): Promise<Started> {
  return window.start({ script, args: [], cwd: storage, node: process.execPath, options: OPTIONS })
}

/** Connects a training process to a run. */
async function train(run: WatchedRun): Promise<Client> {
  const client = await Client.connect(run)
  clients.push(client)
  await client.hello(run)
  return client
}

describe('a second window on the same folder', () => {
  it('shows the run of the first one live, starts no other, can stop it, and has it in its history', async () => {
    const first = await openWindow()
    const started = await start(first)
    const client = await train(started.run)
    await client.report(stepEvent(0))

    const second = await openWindow()
    expect(second.current?.id).toBe(started.run.id)
    expect(second.current?.state.progress?.step).toBe(1)
    await expect(start(second)).rejects.toThrow('train.js is still training, started in another window')

    const shown: number[] = []
    second.current!.onEvents((events) => shown.push(...events.map(({ seq }) => seq)))
    await client.report(stepEvent(1), stepEvent(2))
    await vi.waitFor(() => expect(second.current?.state.progress?.step).toBe(3), WAIT)
    expect(shown).toEqual([1, 2])

    expect(second.current!.stop()).toBe(true)
    await vi.waitFor(() => expect(client.notifications.map(({ method }) => method)).toContain(STOP), WAIT)
    client.leave()
    await started.ended({ exitCode: 0, signal: null })
    await vi.waitFor(() => expect(second.current?.state.ended?.how).toBe('stopped'), WAIT)
    expect((await second.list()).map(({ id }) => id)).toEqual([started.run.id])

    // A run that begins in either window is shown in the other one, which was open before.
    await vi.waitFor(async () => expect((await start(second)).run.id).toBeTruthy(), WAIT)
    await vi.waitFor(() => expect(first.current?.id).toBe(second.current?.id), WAIT)
    expect(first.current?.state.phase).toBe('starting')
  })

  it('takes the run over when the first one is closed', async () => {
    const first = await openWindow()
    const started = await start(first)
    const client = await train(started.run)
    await client.report(stepEvent(0))
    const second = await openWindow()
    expect(second.all).toEqual([])
    first.dispose()
    await vi.waitFor(() => expect(second.all).toHaveLength(1), WAIT)
    expect(second.current).toBe(second.all[0])

    const again = await train(started.run)
    await again.report(stepEvent(1))
    expect(second.current?.state.progress?.step).toBe(2)
  })

  it('does not start a run in the moment in which the other one does', async () => {
    const [first, second] = [await openWindow(), await openWindow()]
    const both = await Promise.allSettled([start(first), start(second)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('a window that is opened when all runs have ended', () => {
  it('shows the last one', async () => {
    const window = await openWindow()
    expect(window.current).toBeNull()
    for (const steps of [1, 2]) {
      const started = await start(window)
      const client = await train(started.run)
      await client.report(...Array.from({ length: steps }, (_, i) => stepEvent(i)))
      client.leave()
      await started.ended({ exitCode: 0, signal: null })
    }
    window.dispose()
    const reloaded = await openWindow()
    expect(reloaded.current?.state.ended?.how).toBe('completed')
    expect(reloaded.current?.state.progress?.step).toBe(2)
    expect((await reloaded.list()).map(({ id }) => id)).toHaveLength(2)
    // It is shown until the next run begins.
    expect((await start(reloaded)).run.id).toBe(reloaded.current?.id)
  })
})
