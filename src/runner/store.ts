import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { PROTOCOL } from '../protocol/events.ts'
import { readLog } from './history/log.ts'
import { emptyRun, fold } from '../run/state.ts'
import { AddressInUse, isFree, newAddress, removeAddress } from './transport/address.ts'
import { workingDirectory, type RunRequest } from './launch/launch.ts'
import { readRecord, writeRecord } from './history/record.ts'
import { newSecret } from './transport/secret.ts'
import { WatchedRun } from './watchedRun.ts'

/** Runs kept beside those that have not ended. */
export const KEPT = 20

/** Milliseconds to wait for another session to let go of a run before leaving it to that session. */
export const TAKE_OVER_PATIENCE = 3000

/** What a run's header and log name; with `packageScript` its `script` is the package.json that has this script. */
export type NamedRequest = Pick<RunRequest, 'script' | 'args' | 'cwd'> & { packageScript?: string }

/** Options of the runs a store opens; all have sound defaults. */
export interface StoreOptions {
  /** Milliseconds a connection may stay silent before its `hello`. */
  helloTimeout?: number
  /** Instead of `TAKE_OVER_PATIENCE`. */
  takeOverPatience?: number
  /** Absolute path of the log when it is not to lie in the run's folder; an existing file is appended to. */
  log?: string
}

/**
 * Begins a run under `<storage>/runs/<id>/`: its folder, record and log are written, and its address is listened on.
 * @param pid the training process, where it is there already
 * @throws the file system's or the socket's error.
 */
export async function createRun(
  storage: string,
  request: NamedRequest,
  options: StoreOptions = {},
  pid: number | null = null,
): Promise<WatchedRun> {
  const id = newId()
  const folder = path.join(storage, 'runs', id)
  const session = { address: newAddress(), secret: newSecret() }
  let run: WatchedRun | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const log = options.log ?? path.join(folder, 'events.jsonl')
    const record = { id, script: request.script, session, pid, ended: false, log }
    writeRecord(folder, record)
    run = new WatchedRun(folder, record, emptyRun(), options)
    await run.listen()
    const { script, packageScript, args } = request
    const named = { script, ...(packageScript === undefined ? {} : { packageScript }) }
    run.report({ type: 'run started', protocol: PROTOCOL, ...named, args: [...args], cwd: workingDirectory(request) })
    return run
  } catch (error) {
    run?.dispose()
    removeAddress(session.address)
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/**
 * Takes over the runs that an earlier session left without their end (a reloaded window, a crash): each log is read
 * and folded, and its address is listened on again. Runs that a live session watches are left to it.
 * @returns the runs, the latest first; whether their processes still live is not looked at.
 */
export async function reopenRuns(storage: string, options: StoreOptions = {}): Promise<WatchedRun[]> {
  const reopened: WatchedRun[] = []
  const { takeOverPatience: patience = TAKE_OVER_PATIENCE } = options
  for (const folder of runFolders(storage)) {
    const record = readRecord(folder)
    if (!record || record.ended || !(await isFree(record.session.address, patience))) continue
    const state = await foldLog(record.log).catch(() => null)
    // A run whose log cannot be read now is left to a later session, rather than taking the others along.
    if (!state) continue
    const run = new WatchedRun(folder, record, state, options)
    try {
      await run.listen()
    } catch (error) {
      // Between the question and the listening another session may have come first.
      if (error instanceof AddressInUse) continue
      await run.processLost('The run could not be taken over, because its socket cannot be opened again.')
      continue
    }
    reopened.push(run)
  }
  return reopened
}

/**
 * Reads the ended runs that are kept.
 * @param known ids of those that need not be read
 */
export async function readEndedRuns(storage: string, known: ReadonlySet<string>): Promise<WatchedRun[]> {
  const unknown = runFolders(storage).filter((folder) => !known.has(path.basename(folder)))
  const runs = await Promise.all(unknown.map(readEndedRun))
  return runs.filter((run) => run !== null)
}

/** An ended run, to be shown; null where it has not ended, or its log is not there any more. */
export async function readEndedRun(folder: string): Promise<WatchedRun | null> {
  const record = readRecord(folder)
  const state = record?.ended ? await foldLog(record.log).catch(() => null) : null
  return record && state && state.startedAt !== null ? new WatchedRun(folder, record, state) : null
}

/** Removes the oldest ended runs, all but the latest 20. */
export function pruneRuns(storage: string): void {
  for (const folder of runFolders(storage).slice(KEPT)) {
    const record = readRecord(folder)
    if (record && !record.ended) continue
    if (record) removeAddress(record.session.address)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The state a log folds into; lines that hold no event are passed over, and a missing log is an empty one. */
async function foldLog(file: string): Promise<ReturnType<typeof emptyRun>> {
  const state = emptyRun()
  try {
    for await (const entry of readLog(file)) if ('event' in entry) fold(state, entry.event)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return state
}

/** Folders of all runs, the latest first: their names begin with the time. */
export function runFolders(storage: string): string[] {
  const root = path.join(storage, 'runs')
  try {
    return readdirSync(root)
      .sort()
      .reverse()
      .map((name) => path.join(root, name))
  } catch {
    return []
  }
}

function newId(): string {
  const time = new Date()
    .toISOString()
    .replaceAll(':', '-')
    .replace(/\.(\d+)Z$/, '-$1')
  return `${time}-${randomBytes(3).toString('hex')}`
}
