import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { parseEvent } from '../../protocol/events.ts'
import type { RunState } from '../../run/state.ts'
import { lockFile } from '../../runner/files/fileLock.ts'
import { numberedNames } from '../../runner/files/numberedNames.ts'
import { weightsFileOf } from '../../runner/history/weightsFile.ts'
import { UsageError } from '../console/usageError.ts'
import { EarlierLog, isFilled } from './earlierLog.ts'
import { logTarget } from './logTarget.ts'

/** Bytes that hold the first event of a log: script, arguments and folder. */
const FIRST_EVENT_BYTES = 64 * 1024

/**
 * The logs of a command's runs: the first has the name that was given, further ones have the first free names of
 * NAME-2, NAME-3 and so on. Each is claimed while the command runs, so that no other command takes it. An earlier log
 * of the given name is replaced when the new run has its first event; any other file is left alone.
 */
export class LogFiles {
  /** The run whose log had the given name; null where there was none that can be read. */
  readonly before: Promise<RunState | null>
  /** Whether the log is a file, and other files can be put beside it; it may also be a device, such as /dev/null. */
  readonly isFile: boolean
  /** Absolute paths, the first run's first. */
  readonly #files: string[]
  readonly #earlier: EarlierLog
  /** Files that were not there before. */
  readonly #created: string[] = []
  readonly #releases: (() => void)[] = []

  /** @throws UsageError when another file is there, the log is in use, or it cannot be written. */
  constructor(file: string) {
    const target = logTarget(file)
    this.isFile = target.isFile
    this.#files = [target.path]
    this.#earlier = new EarlierLog(target.path)
    try {
      if (target.isFile) this.#take(file, target.path)
    } catch (error) {
      this.dispose()
      if (error instanceof UsageError) throw error
      throw new UsageError(`The log ${file} cannot be written: ${(error as Error).message}`)
    }
    this.before = target.isFile ? this.#earlier.read() : Promise.resolve(null)
  }

  /** Absolute path of the n-th run's log, counted from 1. @throws the file system's error, or UsageError. */
  file(n: number): string {
    const [first = ''] = this.#files
    while (this.#files.length < n) this.#files.push(this.isFile ? this.#nextFree(first) : first)
    return this.#files[n - 1] ?? first
  }

  /** Where the weights of the earlier run lie now, if this is their file; null where it is another one. */
  movedTo(weights: string): string | null {
    return this.isFile && weightsFileOf(this.#files[0] ?? '') === weights ? this.#earlier.weights : null
  }

  /** Removes the earlier log once it has been read and the new run has an event. */
  async close(): Promise<void> {
    await this.before
    if (this.#releases.length > 0) this.#earlier.removeLog()
  }

  /** To be called when the command has ended. Puts an earlier log back that no run has replaced. */
  dispose(): void {
    if (this.#releases.length === 0) return
    for (const file of this.#created) if (!isFilled(file)) rmSync(file, { force: true })
    this.#earlier.settle()
    for (const release of this.#releases.splice(0)) release()
  }

  #take(file: string, target: string): void {
    const claim = lockFile(target)
    if ('heldBy' in claim) {
      const { pid, host } = claim.heldBy
      const otherwise = `Name another file, or remove ${claim.lock} if there is no such process.`
      throw new UsageError(`The log ${file} is in use by another run (process ${pid} on ${host}). ${otherwise}`)
    }
    this.#releases.push(claim.release)
    // An earlier command may have been killed.
    this.#earlier.settle()
    if (isFilled(target)) {
      if (!isLog(target))
        throw new UsageError(`${file} is there already and is not the log of a run; it was left alone.`)
      this.#earlier.moveAside()
    }
    this.#create(target)
  }

  #nextFree(first: string): string {
    for (const name of numberedNames(first, this.#files.length + 1)) {
      const claim = this.#files.includes(name) ? null : lockFile(name)
      if (claim === null || !('release' in claim)) continue
      if (this.#create(name)) {
        this.#releases.push(claim.release)
        return name
      }
      claim.release()
    }
    throw new UsageError(`There is no free name for a further log beside ${first}.`)
  }

  /** Makes an empty file, which shows early that it can be written. @returns false when there is one already. */
  #create(file: string): boolean {
    try {
      closeSync(openSync(file, 'ax', 0o600))
      this.#created.push(file)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      closeSync(openSync(file, 'a'))
      return false
    }
  }
}

/** Whether the first line of a file is the first event of a run. */
function isLog(file: string): boolean {
  const handle = openSync(file, 'r')
  try {
    const start = Buffer.alloc(FIRST_EVENT_BYTES)
    const text = start.toString('utf8', 0, readSync(handle, start, 0, start.length, 0))
    const parsed = parseEvent(JSON.parse(text.slice(0, text.indexOf('\n') + 1 || undefined)))
    return 'event' in parsed && parsed.event.type === 'run started'
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  } finally {
    closeSync(handle)
  }
}
