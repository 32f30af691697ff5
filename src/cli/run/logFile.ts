import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseEvent } from '../../protocol/events.ts'
import { UsageError } from '../console/usageError.ts'

/** Bytes that hold the first event of a log: script, arguments and folder. */
const FIRST_EVENT_BYTES = 64 * 1024

/** The logs of a command's runs: the first has the name that was given, further ones are NAME-2, NAME-3 and so on. */
export class LogFiles {
  readonly #files: string[]

  /** @throws UsageError when another file is there, or the folder cannot be written to. */
  constructor(file: string) {
    this.#files = [prepareLog(file)]
  }

  /** Absolute path of the n-th run's log, counted from 1. Skips names that other files have. */
  file(n: number): string {
    const [first = ''] = this.#files
    const { dir, name, ext } = path.parse(first)
    for (let suffix = n; this.#files.length < n; suffix++) {
      try {
        this.#files.push(prepareLog(path.join(dir, `${name}-${suffix}${ext}`)))
      } catch (error) {
        if (!(error instanceof UsageError) || suffix > n + 100) throw error
      }
    }
    return this.#files[n - 1] ?? first
  }
}

/**
 * Makes room for a run's log: replaces an earlier run's log of that name, and leaves any other file alone.
 * @returns the absolute path
 */
function prepareLog(file: string): string {
  const target = path.resolve(file)
  try {
    const handle = openSync(target, 'a+')
    const start = Buffer.alloc(FIRST_EVENT_BYTES)
    const read = readSync(handle, start, 0, start.length, 0)
    closeSync(handle)
    if (read > 0 && !isLog(start.toString('utf8', 0, read))) {
      throw new UsageError(`${file} is there already and is not the log of a run; it was left alone.`)
    }
    rmSync(target)
    return target
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`The log ${file} cannot be written: ${(error as Error).message}`)
  }
}

function isLog(start: string): boolean {
  try {
    const parsed = parseEvent(JSON.parse(start.slice(0, start.indexOf('\n') + 1 || undefined)))
    return 'event' in parsed && parsed.event.type === 'run started'
  } catch {
    return false
  }
}
