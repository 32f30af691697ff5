import { closeSync, createReadStream, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { parseEvent, type RunEvent } from '../../protocol/events.ts'

/** What one line of a log holds: an event, or the reason why it holds none. Lines are counted from 1. */
export type LogEntry = { line: number; event: RunEvent } | { line: number; malformed: string }

/** An open log, the only writer of its file. */
export interface RunLog {
  /**
   * Writes the events behind the last whole line. When it returns, the operating system has them: they survive the
   * death of this process at any later moment.
   * @throws the file system's error (disk full, file system gone); none of the events is in the log then, so that they
   * can be appended again.
   */
  append(events: readonly RunEvent[]): void
  close(): void
}

/** Longest line that is read, in bytes: a file without line ends must not fill the memory. */
const LONGEST_LINE = 128 * 1024 * 1024
const LINE_FEED = 10

/**
 * Opens a run's log for appending and creates it, readable by its owner only, where there is none. A last line that
 * a killed writer left unfinished is completed or removed first.
 * @throws the file system's error when the file cannot be opened or written.
 */
export function openLog(file: string): RunLog {
  const handle = openSync(file, 'a+', 0o600)
  let whole = false
  return {
    append(events) {
      if (events.length === 0) return
      if (!whole) heal(handle)
      whole = false
      const { size } = fstatSync(handle)
      try {
        writeAll(handle, Buffer.from(events.map((event) => JSON.stringify(event) + '\n').join('')))
        whole = true
      } catch (error) {
        if (fstatSync(handle).size > size) ftruncateSync(handle, size)
        throw error
      }
    },
    close: () => closeSync(handle),
  }
}

function writeAll(handle: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written)
}

/**
 * Makes the file end with a whole line. No strict prefix of a JSON object is JSON itself, so a last line that parses
 * lacks nothing but its line end; any other was never acknowledged to anybody and goes. One too long to be ours is ended
 * unread.
 */
function heal(handle: number): void {
  const { size } = fstatSync(handle)
  const start = startOfLastLine(handle, size)
  if (start === size) return
  if (size - start > LONGEST_LINE) return writeAll(handle, Buffer.of(LINE_FEED))
  const last = Buffer.alloc(size - start)
  for (let read = 0; read < last.length;) read += readSync(handle, last, read, last.length - read, start + read)
  if ('event' in parseLine(last.toString())) writeAll(handle, Buffer.of(LINE_FEED))
  else ftruncateSync(handle, start)
}

/** Byte offset behind the file's last line end. */
function startOfLastLine(handle: number, size: number): number {
  const block = Buffer.alloc(64 * 1024)
  for (let end = size; end > 0;) {
    const from = Math.max(0, end - block.length)
    const read = readSync(handle, block, 0, end - from, from)
    const at = block.subarray(0, read).lastIndexOf(LINE_FEED)
    if (at >= 0) return from + at + 1
    end = from
  }
  return 0
}

/**
 * Reads a log line by line, at any size in bounded memory. Lines that hold no event are reported in their place, and
 * reading goes on behind them.
 * @throws the file system's error when the file cannot be read.
 */
export async function* readLog(file: string): AsyncGenerator<LogEntry> {
  let line = 0
  for await (const { bytes, whole } of lines(file)) {
    line++
    if (bytes === null) {
      yield { line, malformed: `longer than ${LONGEST_LINE.toLocaleString('en')} bytes` }
      continue
    }
    const parsed = parseLine(bytes.toString())
    if ('event' in parsed) yield { line, event: parsed.event }
    else yield { line, malformed: whole ? parsed.malformed : 'cut off: its writer was killed while writing it' }
  }
}

function parseLine(line: string): { event: RunEvent } | { malformed: string } {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { malformed: 'not JSON' }
  }
  return parseEvent(value)
}

/**
 * Splits at line feeds alone: node:readline splits at U+2028 too, which JSON leaves unescaped inside strings.
 * `bytes` is null for a line too long to hold, `whole` tells whether a line end was found.
 */
async function* lines(file: string): AsyncGenerator<{ bytes: Buffer | null; whole: boolean }> {
  let parts: Buffer[] = []
  let length = 0
  const take = (): Buffer | null => {
    const bytes = length > LONGEST_LINE ? null : Buffer.concat(parts)
    parts = []
    length = 0
    return bytes
  }
  const hold = (part: Buffer): void => {
    length += part.length
    if (length > LONGEST_LINE) parts = []
    else parts.push(part)
  }
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      hold(chunk.subarray(from, at))
      yield { bytes: take(), whole: true }
      from = at + 1
    }
    if (from < chunk.length) hold(chunk.subarray(from))
  }
  if (length > 0) yield { bytes: take(), whole: false }
}
