import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fold } from '../../run/fold.ts'
import { emptyRun, type RunState } from '../../run/state.ts'
import { readLog } from './log.ts'
import { readRecord, writeRecord, type RunRecord } from './record.ts'

/** Number of the latest runs that are kept; an older run is kept until it has ended. */
export const MAX_ENDED_RUNS = 20

/** Number of the latest trials of studies that are kept beside those: one study has many, and must not remove all else. */
const MAX_TRIALS = 50

/** A run as its folder holds it. */
export interface SavedRun {
  readonly id: string
  /** Absolute path of the folder that holds the record and, unless it was put elsewhere, the log. */
  readonly folder: string
  readonly record: Readonly<RunRecord>
  /** The fold of the log. */
  readonly state: RunState
}

/** A new run id, which is also the name of the run's folder. Ids sort by the time at which they were made. */
export function newRunId(): string {
  const time = new Date()
    .toISOString()
    .replaceAll(':', '-')
    .replace(/\.(\d+)Z$/, '-$1')
  return `${time}-${randomBytes(3).toString('hex')}`
}

/** Folder of the run with this id. */
export function runFolder(storage: string, id: string): string {
  return path.join(storage, 'runs', id)
}

/** Folders of all runs, the latest first. */
export function runFolders(storage: string): string[] {
  try {
    return readdirSync(path.join(storage, 'runs'))
      .sort()
      .reverse()
      .map((id) => runFolder(storage, id))
  } catch {
    return []
  }
}

/**
 * Reads the ended runs of a storage folder, the latest first.
 * @param known ids of the runs to leave out
 */
export async function readEndedRuns(storage: string, known: ReadonlySet<string>): Promise<SavedRun[]> {
  const unknown = runFolders(storage).filter((folder) => !known.has(path.basename(folder)))
  const runs = await Promise.all(unknown.map(readEndedRun))
  return runs.filter((run) => run !== null)
}

/** Reads the run in a folder. @returns null when it has not ended, or its log is missing or cannot be read. */
export async function readEndedRun(folder: string): Promise<SavedRun | null> {
  const record = readRecord(folder)
  const state = record?.ended ? await foldLog(record.log).catch(() => null) : null
  return record && state && state.startedAt !== null ? { id: record.id, folder, record, state } : null
}

/**
 * Folds a log into a state. Lines that hold no event are skipped, and a missing log gives the empty state.
 * @throws the file system's error when the log cannot be read.
 */
export async function foldLog(file: string): Promise<RunState> {
  const state = emptyRun()
  try {
    for await (const entry of readLog(file)) if ('event' in entry) fold(state, entry.event)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return state
}

/**
 * Removes the folders of ended runs, and folders without a readable record, except the latest `MAX_ENDED_RUNS` and the
 * latest `MAX_TRIALS` trials.
 * @returns the records of the removed runs.
 */
export function pruneRuns(storage: string): RunRecord[] {
  const all = runFolders(storage).map((folder) => ({ folder, record: readRecord(folder) }))
  const isTrial = ({ record }: (typeof all)[number]): boolean => record?.trial ?? false
  const surplus = [
    ...all.filter((run) => !isTrial(run)).slice(MAX_ENDED_RUNS),
    ...all.filter(isTrial).slice(MAX_TRIALS),
  ].filter(({ record }) => !record || record.ended)
  for (const { folder } of surplus) rmSync(folder, { recursive: true, force: true })
  return surplus.flatMap(({ record }) => record ?? [])
}

/** Lists the run of a trial, whose log lies with its study, among the runs of an editor. @throws the file system's error. */
export function listTrial(storage: string, script: string, log: string): void {
  const id = newRunId()
  const folder = runFolder(storage, id)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Nothing listens for it any more.
  writeRecord(folder, { id, script, session: { address: '', secret: '' }, pid: null, ended: true, log, trial: true })
}
