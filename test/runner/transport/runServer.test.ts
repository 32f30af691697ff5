import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunEvent } from '../../../src/protocol/events.ts'
import { readLog } from '../../../src/runner/history/log.ts'
import { createRun, reopenRun } from '../../../src/runner/store.ts'
import type { WatchedRun } from '../../../src/runner/watchedRun.ts'
import { stepEvent } from '../../run/events.ts'
import { Client, frame } from '../client.ts'

const REQUEST = { script: '/train.js', args: [], cwd: '/' }
let storage: string
let run: WatchedRun
const clients: Client[] = []
beforeEach(async () => {
  storage = mkdtempSync(path.join(os.tmpdir(), 'saturation-server-'))
  run = await createRun(storage, REQUEST)
})
afterEach(async () => {
  for (const guest of clients.splice(0)) guest.leave()
  await run.processLost('The test is over.')
  rmSync(storage, { recursive: true, force: true })
})

async function logged(): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const entry of readLog(run.record.log)) {
    if ('malformed' in entry) throw new Error(entry.malformed)
    events.push(entry.event)
  }
  return events
}
const seqsOf = (events: RunEvent[]): number[] => events.flatMap(({ by, seq }) => (by === 'trainer' ? seq : []))
const problems = (): string[] => run.state.problems.map(({ message }) => message)
const steps = (from: number, to: number): RunEvent[] =>
  Array.from({ length: to - from + 1 }, (_, i) => stepEvent(from + i))

/** Connects a training process and says hello. */
async function admitted(): Promise<Client> {
  const client = await Client.connect(run)
  clients.push(client)
  const expected = run.state.next.trainer
  expect(await client.hello(run)).toMatchObject({ result: { next: expected } })
  return client
}

describe('strangers on the socket', () => {
  it.each([
    ['a wrong secret', { secret: 'guess' }, 'refused: a wrong secret'],
    ['another version', { protocol: 99 }, 'refused: protocol version 99, and this is 1'],
    ['a version that fills pages', { protocol: 'x'.repeat(60_000) }, 'refused: protocol version "xxx'],
    ['no process', { pid: 'seven' }, 'refused: a malformed hello'],
  ])('are refused with the reason: %s', async (_, change, why) => {
    const client = await Client.connect(run)
    expect((await client.hello(run, change))?.error?.message).toContain(why)
    await client.closed
    expect(problems()).toEqual([expect.stringContaining(why)])
    expect((await logged()).at(-1)?.type).toBe('problem')
    expect(run.connected).toBe(false)
  })

  it('cannot report before hello', async () => {
    const client = await Client.connect(run)
    expect((await client.report(stepEvent(0)))?.error?.message).toContain('before hello')
    await client.closed
    expect(run.state.progress).toBeNull()
  })

  it.each([
    [
      'another protocol',
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'a message header without a valid Content-Length',
    ],
    ['noise', Buffer.alloc(5000, 0xff), 'a message header that does not end'],
    ['a length behind other text', 'X: y\r\r\nContent-Length: 2\r\n\r\n{}', 'without a valid Content-Length'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}', 'without a valid Content-Length'],
    ['a negative length', 'Content-Length: -2\r\n\r\n{}', 'without a valid Content-Length'],
    ['more than a stranger may', 'Content-Length: 70000\r\n\r\n', 'a message of 70,000 bytes'],
  ])('are disconnected when they send %s', async (_, bytes, why) => {
    const client = await Client.connect(run)
    client.send(bytes)
    await client.closed
    expect(problems()).toEqual([expect.stringContaining(why)])
  })

  it('are disconnected when they stay silent', async () => {
    await run.processLost('')
    run = await createRun(storage, REQUEST, { helloTimeout: 20 })
    const client = await Client.connect(run)
    await client.closed
    expect(problems()).toEqual([expect.stringContaining('did not say hello within 0.02 s')])
  })

  it('cannot fill the log', async () => {
    for (let i = 0; i < 120; i++) {
      const client = await Client.connect(run)
      client.send('junk\r\n\r\n')
      await client.closed
    }
    expect(run.state.problems).toHaveLength(1)
    expect(run.state.problems[0]!.times).toBe(100)
  })
})

describe('the training process on the socket', () => {
  it('learns what to send next, and its events are in the log when it gets the reply', async () => {
    const client = await admitted()
    expect(await client.report(...steps(0, 2))).toMatchObject({ result: { next: 3 } })
    expect(seqsOf(await logged())).toEqual([0, 1, 2])
    expect(run.state.progress?.step).toBe(3)
    expect(problems()).toEqual([])
  })

  it('loses only the malformed events of a report, each with its reason', async () => {
    const client = await admitted()
    const forged = { ...stepEvent(3), by: 'session' }
    const events = [stepEvent(0), { ...stepEvent(1), step: 'x'.repeat(100_000) }, stepEvent(2), forged, stepEvent(4)]
    expect(await client.report(...events)).toMatchObject({ result: { next: 5 } })
    expect(await client.report(stepEvent(5))).toMatchObject({ result: { next: 6 } })
    expect(seqsOf(await logged())).toEqual([0, 2, 4, 5])
    expect(problems()).toEqual([
      expect.stringMatching(/^A malformed event was left out: step: /),
      'A malformed event was left out: by: only the session writes as the session',
    ])
  })

  it('stays connected after a message that is no request or no JSON', async () => {
    const client = await admitted()
    for (const body of ['{', '', '[]']) client.send(frame(body))
    expect((await client.request('saturation/dance', {}))?.error?.message).toContain('not known')
    expect((await client.request('saturation/report', { events: 7 }))?.error?.message).toContain('malformed report')
    expect(await client.report(stepEvent(0))).toMatchObject({ result: { next: 1 } })
    expect(problems()).toHaveLength(4)
    expect(seqsOf(await logged())).toEqual([0])
  })

  it('may send a large report in pieces, but none above the limit', async () => {
    const client = await admitted()
    const params = { events: steps(0, 2000) }
    const bytes = frame(JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'saturation/report', params }))
    for (let at = 0; at < bytes.length; at += 9973) client.send(bytes.slice(at, at + 9973))
    await vi.waitFor(() => expect(run.state.next.trainer).toBe(2001), 120_000)
    client.send(`Content-Length: ${2 ** 27}\r\n\r\n`)
    await client.closed
    expect(problems()).toEqual([expect.stringContaining('a message of 134,217,728 bytes')])
  })

  it('reconnects and repeats events without loss or duplication', async () => {
    const first = await admitted()
    await first.report(...steps(0, 4))
    // The new connection comes before the session knows that the old one is dead.
    const second = await admitted()
    await first.closed
    expect(await second.report(...steps(3, 7))).toMatchObject({ result: { next: 8 } })
    expect(seqsOf(await logged())).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(run.connected).toBe(true)
  })

  it('causes a problem when events do not arrive', async () => {
    const client = await admitted()
    await client.report(stepEvent(0), stepEvent(2), stepEvent(5))
    expect(problems()).toEqual([
      'Event 1 of the training process did not arrive.',
      'Events 3 to 4 of the training process did not arrive.',
    ])
  })

  it('is the only one: a second process is refused, before and after the first has disconnected', async () => {
    const first = await admitted()
    await first.report(stepEvent(0))
    const second = await Client.connect(run)
    const refusal = `refused: the run is process ${process.pid}'s`
    expect((await second.hello(run, { pid: process.pid + 1 }))?.error?.message).toContain(refusal)
    await second.closed
    expect(await first.report(stepEvent(1))).toMatchObject({ result: { next: 2 } })
    first.leave()
    await vi.waitFor(() => expect(run.connected).toBe(false), 120_000)
    const third = await Client.connect(run)
    expect((await third.hello(run, { pid: process.pid + 1 }))?.error?.message).toContain(refusal)
    expect(seqsOf(await logged())).toEqual([0, 1])
  })

  it('is read to its last message after it was killed', async () => {
    const client = await admitted()
    void client.report(...steps(0, 500))
    client.leave()
    await run.processEnded({ exitCode: null, signal: 'SIGKILL' })
    const events = await logged()
    expect(seqsOf(events)).toHaveLength(501)
    expect(events.at(-1)).toMatchObject({ type: 'run ended', how: 'killed', signal: 'SIGKILL' })
    expect(problems()).toEqual([expect.stringContaining('SIGKILL')])
    expect(run.state.problems[0]!.advice).toContain('memory')
  })

  it('is asked to stop, even if it connects later', async () => {
    expect(run.stop()).toBe(false)
    const client = await admitted()
    await vi.waitFor(() => expect(client.notifications).toMatchObject([{ method: 'saturation/stop' }]), 120_000)
    client.leave()
    await run.processEnded({ exitCode: 0 })
    expect(run.state.ended).toMatchObject({ how: 'stopped' })
  })
})

describe('a session', () => {
  it('makes socket and records private to its user, and removes the socket at the end', async () => {
    const { address } = run.record.session
    expect(statSync(address).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(address)).mode & 0o777).toBe(0o700)
    expect(statSync(run.folder).mode & 0o777).toBe(0o700)
    expect(statSync(path.join(run.folder, 'run.json')).mode & 0o777).toBe(0o600)
    expect(statSync(run.record.log).mode & 0o777).toBe(0o600)
    await run.processLost('')
    expect(statSync(path.dirname(address), { throwIfNoEntry: false })).toBeUndefined()
  })

  it('leaves a run to the session that watches it, and takes it over when that session releases it', async () => {
    const client = await admitted()
    await client.report(...steps(0, 3))
    expect(await reopenRun(run.folder, { takeOverTimeout: 0 })).toBe('elsewhere')
    const before = run
    before.dispose()
    await client.closed
    run = (await reopenRun(run.folder)) as WatchedRun
    expect(run.state.progress?.step).toBe(4)
    const again = await admitted()
    await again.report(stepEvent(4))
    // The session that released the run must neither end it nor write to its log.
    await before.processEnded({ exitCode: 1, signal: null })
    expect(seqsOf(await logged())).toEqual([0, 1, 2, 3, 4])
    expect((await logged()).filter(({ type }) => type === 'run ended')).toEqual([])
  })

  it('shows that the disk is full, refuses events that it cannot write, and accepts them again when there is room', async (test) => {
    if (process.platform !== 'linux') return test.skip()
    const client = await admitted()
    limitFileSize(String(statSync(run.record.log).size + 1000))
    try {
      expect((await client.report(...steps(0, 50)))?.error?.message).toContain('EFBIG')
      await client.closed
      expect(run.state.progress).toBeNull()
    } finally {
      limitFileSize('unlimited')
    }
    expect(problems()).toEqual([expect.stringContaining("The run's log cannot be written: EFBIG")])
    const again = await admitted()
    await again.report(...steps(0, 50))
    expect(seqsOf(await logged())).toHaveLength(51)
  })

  it('ends a run whose log cannot be written, and says so', async (test) => {
    if (process.platform !== 'linux') return test.skip()
    await run.processLost('')
    await expect(createRun(storage, REQUEST, { log: '/dev/full' })).rejects.toThrow('ENOSPC')
    run = await createRun(storage, REQUEST)
    limitFileSize('0')
    try {
      await run.processEnded({ exitCode: 0, signal: null })
    } finally {
      limitFileSize('unlimited')
    }
    expect(run.state).toMatchObject({ phase: 'ended', ended: { how: 'completed' } })
    expect(problems()).toContainEqual(expect.stringContaining('cannot be written'))
  })
})

/** Limits the size of files that this process may write. It simulates a full disk without special rights. */
function limitFileSize(soft: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${soft}:`])
}
