import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseEvent, type RunEvent } from '../../../src/protocol/events.ts'
import { openLog, readLog, type LogEntry } from '../../../src/runner/history/log.ts'
import { problemEvent, stepEvent } from '../../run/events.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-log-'))
  file = path.join(folder, 'events.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function append(...events: RunEvent[]): void {
  const log = openLog(file)
  log.append(events)
  log.close()
}

/** An event as whoever reads it gets it: without control characters in what is shown. */
function asRead(event: RunEvent): RunEvent {
  const parsed = parseEvent(event)
  if ('malformed' in parsed) throw new Error(parsed.malformed)
  return parsed.event
}

async function read(): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  for await (const entry of readLog(file)) entries.push(entry)
  return entries
}

const eventsIn = (entries: LogEntry[]): RunEvent[] => entries.flatMap((entry) => ('event' in entry ? entry.event : []))

describe('a log', () => {
  it('loses no complete event when its writer dies at any byte, and the next event gets a line of its own', async () => {
    const written = [problemEvent(0, 'a\u2028b, "ä", 😀'), stepEvent(1), problemEvent(2, '')]
    append(...written)
    const bytes = readFileSync(file)
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at)
    expect(ends).toHaveLength(3)
    for (let length = 0; length <= bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length))
      // An event is complete with its last brace; its line feed may be missing.
      const whole = written.slice(0, ends.filter((end) => length >= end).length).map(asRead)
      expect(eventsIn(await read()), `read ${length} bytes`).toEqual(whole)
      append(stepEvent(9))
      const entries = await read()
      expect(entries, `repaired ${length} bytes`).toEqual(
        [...whole, stepEvent(9)].map((event, i) => ({ line: i + 1, event })),
      )
    }
  })

  it('reports a line that was cut off, and lines that hold no event, in their place', async () => {
    append(stepEvent(0))
    appendFileSync(file, 'no JSON\n\n{"type":"step"}\n')
    appendFileSync(file, JSON.stringify(stepEvent(1)) + '\n{"type":"st')
    const entries = await read()
    expect(entries.map((entry) => ('event' in entry ? entry.event.seq : entry.malformed))).toEqual([
      0,
      'not JSON',
      'not JSON',
      expect.stringMatching(/^seq: /),
      1,
      'cut off: its writer was killed while writing it',
    ])
    expect(entries.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('is split at line feeds only, also across the blocks in which it is read', async () => {
    // Longer than the blocks of 1 MiB in which a log is read. The ends of blocks cut characters of three bytes.
    const written = Array.from({ length: 40 }, (_, i) => problemEvent(i, '\u2028\u2029\u0085\r'.repeat(8000 + i)))
    append(...written)
    expect(statSync(file).size).toBeGreaterThan(2 ** 21)
    expect(eventsIn(await read())).toEqual(written.map(asRead))
  })

  it('skips a line that is too long and reads on after it, and does not remove it when it is the last', async () => {
    append(stepEvent(0))
    const mebibyte = Buffer.alloc(2 ** 20, 'x')
    for (let i = 0; i < 129; i++) appendFileSync(file, mebibyte)
    append(stepEvent(1))
    const entries = await read()
    expect(entries.map((entry) => ('event' in entry ? entry.event.seq : entry.malformed))).toEqual([
      0,
      'longer than 134,217,728 bytes',
      1,
    ])
  })

  it('is readable by its owner only', () => {
    append(stepEvent(0))
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('holds all events of an append or none when the disk is full, and accepts them again when there is room', async (test) => {
    if (process.platform !== 'linux') return test.skip()
    const log = openLog(file)
    log.append([stepEvent(0)])
    const many = Array.from({ length: 20 }, (_, i) => stepEvent(i + 1))
    limitFileSize(String(statSync(file).size + 1000))
    try {
      expect(() => log.append(many)).toThrow('EFBIG')
    } finally {
      limitFileSize('unlimited')
    }
    expect(await read()).toEqual([{ line: 1, event: stepEvent(0) }])
    log.append(many)
    log.close()
    expect(eventsIn(await read())).toEqual([stepEvent(0), ...many])
  })

  it('throws when it cannot be written at all', (test) => {
    if (process.platform !== 'linux') return test.skip()
    const log = openLog('/dev/full')
    expect(() => log.append([stepEvent(0)])).toThrow('ENOSPC')
    log.close()
  })

  it('cannot be read when it does not exist', async () => {
    await expect(read()).rejects.toThrow('ENOENT')
  })

  it('is not read from a device, which need not end', async (test) => {
    if (process.platform === 'win32') return test.skip()
    await expect(readLog('/dev/zero').next()).rejects.toThrow('it is a device')
  })
})

/** Limits the size of files that this process may write. It simulates a full disk without special rights. */
function limitFileSize(soft: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${soft}:`])
}
