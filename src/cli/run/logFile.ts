import { closeSync, existsSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseEvent } from '../../protocol/events.ts'
import type { RunState } from '../../run/state.ts'
import { foldLog } from '../../runner/history/savedRuns.ts'
import { weightsFileOf } from '../../runner/history/weightsFile.ts'
import { UsageError } from '../console/usageError.ts'

/** Bytes that hold the first event of a log: script, arguments and folder. */
const FIRST_EVENT_BYTES = 64 * 1024

/**
 * The logs of a command's runs: the first has the name that was given, further ones are NAME-2, NAME-3 and so on. An
 * earlier log of the given name is moved aside and read.
 */
export class LogFiles {
  /** The run whose log had the given name; null where there was none that can be read. */
  readonly before: Promise<RunState | null>
  readonly #files: string[]
  /** Where the first run's weights go. */
  readonly #weights: string
  /** Where those of the earlier run lie until the command has ended. */
  readonly #weightsAside: string
  /** Where the earlier log lies until it has been read. */
  readonly #aside: string

  /** @throws UsageError when another file is there, or the folder cannot be written to. */
  constructor(file: string) {
    const { dir, base } = path.parse(path.resolve(file))
    this.#aside = path.join(dir, `.${base}.${process.pid}`)
    this.#weights = weightsFileOf(path.resolve(file))
    this.#weightsAside = weightsFileOf(this.#aside)
    this.#files = [prepareLog(file, (log) => this.#moveAside(log))]
    this.before = foldLog(this.#aside).catch(() => null)
  }

  /** Absolute path of the n-th run's log, counted from 1. Skips names that other files have. */
  file(n: number): string {
    const [first = ''] = this.#files
    const { dir, name, ext } = path.parse(first)
    for (let suffix = n; this.#files.length < n; suffix++) {
      try {
        this.#files.push(prepareLog(path.join(dir, `${name}-${suffix}${ext}`), removeLog))
      } catch (error) {
        if (!(error instanceof UsageError) || suffix > n + 100) throw error
      }
    }
    return this.#files[n - 1] ?? first
  }

  /** Where the weights of the earlier run lie now, if this is their file; null where it is another one. */
  movedTo(weights: string): string | null {
    return this.#weights === weights ? this.#weightsAside : null
  }

  /** Removes the weights of the earlier run, to be called when the command has ended; puts them back with its log. */
  dispose(): void {
    const [first = ''] = this.#files
    if (existsSync(first)) rmSync(this.#weightsAside, { force: true })
    else if (existsSync(this.#weightsAside)) renameSync(this.#weightsAside, this.#weights)
  }

  #moveAside(log: string): void {
    renameSync(log, this.#aside)
    // The next run may keep none, and would else seem to have had these.
    if (existsSync(this.#weights)) renameSync(this.#weights, this.#weightsAside)
  }

  /** Removes the earlier log once it has been read; puts it back where no run has taken its place. */
  async close(): Promise<void> {
    await this.before
    const [first = ''] = this.#files
    if (existsSync(first)) rmSync(this.#aside, { force: true })
    else if (existsSync(this.#aside)) renameSync(this.#aside, first)
  }
}

/**
 * Makes room for a run's log: takes an earlier run's log of that name away, and leaves any other file alone.
 * @returns the absolute path
 */
function prepareLog(file: string, takeAway: (log: string) => void): string {
  const target = path.resolve(file)
  try {
    const handle = openSync(target, 'a+')
    const start = Buffer.alloc(FIRST_EVENT_BYTES)
    const read = readSync(handle, start, 0, start.length, 0)
    closeSync(handle)
    if (read > 0 && !isLog(start.toString('utf8', 0, read))) {
      throw new UsageError(`${file} is there already and is not the log of a run; it was left alone.`)
    }
    if (read > 0) takeAway(target)
    else rmSync(target)
    return target
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`The log ${file} cannot be written: ${(error as Error).message}`)
  }
}

function removeLog(log: string): void {
  rmSync(log)
  rmSync(weightsFileOf(log), { force: true })
}

function isLog(start: string): boolean {
  try {
    const parsed = parseEvent(JSON.parse(start.slice(0, start.indexOf('\n') + 1 || undefined)))
    return 'event' in parsed && parsed.event.type === 'run started'
  } catch {
    return false
  }
}
