import {
  closeSync,
  createReadStream,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { parseEvent, type RunEvent } from '../../protocol/events.ts'
import { numberedNames } from '../files/numberedNames.ts'

/** The content of one line of a log: an event, or the reason why the line holds none. Lines are counted from 1. */
export type LogEntry = { line: number; event: RunEvent } | { line: number; malformed: string }

/** A log that is open for appending. Nothing else may write to its file. */
export interface RunLog {
  /**
   * Writes the events after the last complete line. When it returns, the operating system has the events: they survive
   * even if this process is killed.
   * @throws the file system's error (disk full, file system gone). The log holds none of the events then, so they can
   * be appended again.
   */
  append(events: readonly RunEvent[]): void
  /** Absolute path; another one than at first if the log was removed and its name was taken. */
  readonly file: string
  /** Whether another program has cut the log since it was opened. */
  readonly damaged: boolean
  close(): void
}

/** Bytes of the longest line that is read, so that a file without line ends cannot fill the memory. */
const MAX_LINE_BYTES = 128 * 1024 * 1024
const LINE_FEED = 10

/**
 * Opens a run's log for appending. A new log is readable by its owner only. The first append completes or removes a
 * last line that a killed writer left unfinished. A log that somebody removes meanwhile is written anew, with all that
 * it held, under its name or the next free number.
 * @throws the file system's error when the file cannot be opened or written.
 */
export function openLog(file: string): RunLog {
  let handle = openSync(file, 'a+', 0o600)
  let current = file
  let damaged = false
  let endsWithLine = false
  /** Size after the last append; null before the first. */
  let expected: number | null = null
  return {
    get file() {
      return current
    },
    get damaged() {
      return damaged
    },
    append(events) {
      if (events.length === 0) return
      if (fstatSync(handle).nlink === 0) {
        const restored = restore(handle, file)
        closeSync(handle)
        ;({ handle, file: current } = restored)
      }
      const found = fstatSync(handle).size
      damaged ||= expected !== null && found < expected
      if (!endsWithLine || found !== expected) repairLastLine(handle)
      endsWithLine = false
      const { size } = fstatSync(handle)
      try {
        writeAll(handle, Buffer.from(events.map((event) => JSON.stringify(event) + '\n').join('')))
        endsWithLine = true
        expected = fstatSync(handle).size
      } catch (error) {
        if (fstatSync(handle).size > size) ftruncateSync(handle, size)
        throw error
      }
    },
    close: () => closeSync(handle),
  }
}

/** Writes a removed file anew, from its handle. @throws the file system's error; nothing new is left then. */
function restore(handle: number, file: string): { handle: number; file: string } {
  // Its folder may have been removed with it.
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const copy = createFree(file)
  try {
    const block = Buffer.alloc(1 << 20)
    for (let at = 0; ;) {
      const read = readSync(handle, block, 0, block.length, at)
      if (read === 0) return copy
      writeAll(copy.handle, block.subarray(0, read))
      at += read
    }
  } catch (error) {
    closeSync(copy.handle)
    rmSync(copy.file, { force: true })
    throw error
  }
}

/** Creates a file of this name, or of the first number behind it that is free. */
function createFree(file: string): { handle: number; file: string } {
  for (const name of numberedNames(file)) {
    try {
      return { handle: openSync(name, 'ax+', 0o600), file: name }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  throw new Error(`there is no free name beside ${file}`)
}

function writeAll(handle: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written)
}

/**
 * Makes the file end with a complete line. No strict prefix of a JSON object is valid JSON, so a last line that parses
 * lacks only its line feed, which is added. Any other last line was never acknowledged and is removed. A last line
 * longer than `MAX_LINE_BYTES` was not written by a log; it gets a line feed without being read.
 */
function repairLastLine(handle: number): void {
  const { size } = fstatSync(handle)
  const start = startOfLastLine(handle, size)
  if (start === size) return
  if (size - start > MAX_LINE_BYTES) return writeAll(handle, Buffer.of(LINE_FEED))
  const last = Buffer.alloc(size - start)
  for (let read = 0; read < last.length;) read += readSync(handle, last, read, last.length - read, start + read)
  if ('event' in parseLine(last.toString())) writeAll(handle, Buffer.of(LINE_FEED))
  else ftruncateSync(handle, start)
}

/** Offset of the first byte after the last line feed. */
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
 * Reads a log line by line, in bounded memory for a file of any size. A line that holds no event gives an entry that
 * says why, and reading continues with the next line.
 * @throws the file system's error when the file cannot be read; Error when it is a device, or a pipe whose line is
 *   longer than any of a log: neither need ever end.
 */
export async function* readLog(file: string): AsyncGenerator<LogEntry> {
  let line = 0
  for await (const { bytes, complete } of lines(file)) {
    line++
    if (bytes === null) {
      yield { line, malformed: `longer than ${MAX_LINE_BYTES.toLocaleString('en')} bytes` }
      continue
    }
    const parsed = parseLine(bytes.toString())
    if ('event' in parsed) yield { line, event: parsed.event }
    else yield { line, malformed: complete ? parsed.malformed : 'cut off: its writer was killed while writing it' }
  }
}

/**
 * Reads what a log has from an offset on, for those who follow a log that another process writes. A last line that is
 * not complete is left for the next time.
 * @returns each event, and the offset behind its line; null for a line that holds no event
 * @throws the same as `readLog`.
 */
export async function* readGrown(file: string, from: number): AsyncGenerator<{ event: RunEvent | null; end: number }> {
  let end = from
  for await (const { bytes, length, complete } of lines(file, from)) {
    if (!complete) return
    end += length
    const parsed = bytes === null ? null : parseLine(bytes.toString())
    yield { event: parsed && 'event' in parsed ? parsed.event : null, end }
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
 * Splits a file at line feeds only. node:readline also splits at U+2028, which JSON leaves unescaped inside strings.
 * `bytes` is null for a line longer than `MAX_LINE_BYTES`; `length` counts its bytes with its line feed; `complete` says
 * whether it ended with one.
 * @param from offset at which a line begins
 */
async function* lines(
  file: string,
  from = 0,
): AsyncGenerator<{ bytes: Buffer | null; length: number; complete: boolean }> {
  const kind = statSync(file)
  if (kind.isCharacterDevice() || kind.isBlockDevice()) throw new Error('it is a device, not a file or a pipe.')
  let parts: Buffer[] = []
  let length = 0
  const take = (complete: boolean): { bytes: Buffer | null; length: number; complete: boolean } => {
    const line = {
      bytes: length > MAX_LINE_BYTES ? null : Buffer.concat(parts),
      length: length + Number(complete),
      complete,
    }
    parts = []
    length = 0
    return line
  }
  const hold = (part: Buffer): void => {
    length += part.length
    if (length <= MAX_LINE_BYTES) return void parts.push(part)
    parts = []
    if (!kind.isFile()) throw new Error(`a line is longer than ${MAX_LINE_BYTES.toLocaleString('en')} bytes.`)
  }
  // A pipe has no offsets.
  const place = from === 0 ? {} : { start: from }
  const stream = createReadStream(file, { highWaterMark: 1 << 20, ...place })
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let begin = 0
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, begin)) {
      hold(chunk.subarray(begin, at))
      yield take(true)
      begin = at + 1
    }
    if (begin < chunk.length) hold(chunk.subarray(begin))
  }
  if (length > 0) yield take(false)
}
