import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openLog } from '../../../src/runner/history/log.ts'
import { readRecord, writeRecord } from '../../../src/runner/history/record.ts'
import {
  MAX_ENDED_RUNS,
  newRunId,
  pruneRuns,
  readEndedRun,
  readEndedRuns,
  runFolder,
  runFolders,
} from '../../../src/runner/history/savedRuns.ts'
import { Runs } from '../../../src/runner/runs.ts'
import { stepEvent } from '../../run/events.ts'

let storage: string
beforeEach(() => (storage = mkdtempSync(path.join(os.tmpdir(), 'saturation-saved-'))))
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(storage, { recursive: true, force: true })
})

/** Writes a run's folder as a session leaves it. */
function save(id: string, { ended = true, startedAt = 1 } = {}): string {
  const folder = runFolder(storage, id)
  mkdirSync(folder, { recursive: true })
  const log = path.join(folder, 'events.jsonl')
  const session = { address: '/nowhere/run.sock', secret: 's' }
  writeRecord(folder, { id, script: '/train.js', session, pid: 7, ended, log })
  const events = openLog(log)
  const stamp = { seq: 0, by: 'session', time: startedAt } as const
  const script = `/${id}.js`
  events.append([{ ...stamp, type: 'run started', protocol: 1, script, args: [], cwd: '/' }, stepEvent(0)])
  events.append([
    { ...stamp, seq: 1, type: 'run ended', how: 'completed', exitCode: 0, signal: null, message: 'The end.' },
  ])
  events.close()
  return folder
}

describe('saved runs', () => {
  it('are read without a socket, listed, and can be shown', async () => {
    save('a', { startedAt: 1 })
    save('b', { startedAt: 2 })
    const sockets = [vi.spyOn(net, 'createServer'), vi.spyOn(net, 'connect'), vi.spyOn(net.Server.prototype, 'listen')]

    const read = await readEndedRuns(storage, new Set(['b']))
    expect(read).toMatchObject([{ id: 'a', folder: runFolder(storage, 'a'), record: { pid: 7, ended: true } }])
    expect(read[0]!.state).toMatchObject({ script: '/a.js', phase: 'ended', progress: { step: 1 } })

    const runs = new Runs({ storage, preload: '/preload.cjs' })
    const changed = vi.fn()
    runs.onDidChangeCurrent(changed)
    const listed = await runs.list()
    expect(listed.map(({ id }) => id)).toEqual(['b', 'a'])
    runs.choose(listed[1]!)
    expect(changed).toHaveBeenCalledOnce()
    expect(runs.current).toBe(listed[1])
    expect(runs.current!.state.ended).toMatchObject({ how: 'completed' })
    const unsubscribe = runs.current!.onEvents(() => expect.unreachable())
    unsubscribe()
    expect(runs.current!.stop()).toBe(false)
    runs.dispose()
    for (const opened of sockets) expect(opened).not.toHaveBeenCalled()
  })

  it('have ended, and have a log', async () => {
    expect(await readEndedRun(save('training', { ended: false }))).toBeNull()
    expect(await readEndedRun(runFolder(storage, 'none'))).toBeNull()
    const folder = save('a')
    rmSync(path.join(folder, 'events.jsonl'))
    expect(await readEndedRun(folder)).toBeNull()
  })

  it('are removed when they are old, but not before they have ended', () => {
    const name = (i: number): string => `run-${String(i).padStart(2, '0')}`
    for (let i = 0; i < MAX_ENDED_RUNS + 3; i++) save(name(i), { ended: i !== 1 })
    mkdirSync(runFolder(storage, 'a folder without a record'))
    expect(pruneRuns(storage).map(({ id }) => id)).toEqual([name(2), name(0)])
    const left = runFolders(storage)
    expect(left).toHaveLength(MAX_ENDED_RUNS + 1)
    expect(readRecord(left.at(-1)!)).toMatchObject({ id: name(1), ended: false })
    expect(existsSync(runFolder(storage, 'a folder without a record'))).toBe(false)
  })

  it('have ids that sort by time', () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 })
    const first = newRunId()
    vi.setSystemTime(1_700_000_000_001)
    expect(first < newRunId()).toBe(true)
    vi.useRealTimers()
  })
})
