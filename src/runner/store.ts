import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { PROTOCOL } from '../protocol/events.ts'
import { emptyRun } from '../run/state.ts'
import { readRecord, writeRecord } from './history/record.ts'
import { foldLog, newRunId, runFolder } from './history/savedRuns.ts'
import type { NamedRequest } from './launch/resolveRequest.ts'
import { AddressInUse, isFree, newAddress, removeAddress } from './transport/address.ts'
import { newSecret } from './transport/secret.ts'
import { WatchedRun } from './watchedRun.ts'

/** Milliseconds to wait until another session releases a run; after that the run is left to that session. */
export const TAKE_OVER_TIMEOUT_MS = 3000

/** Options of the runs that are created or taken over. All have a default. */
export interface StoreOptions {
  /** Milliseconds a connection may stay silent before its `hello`. */
  helloTimeout?: number
  /** Milliseconds to wait until another session releases a run; `TAKE_OVER_TIMEOUT_MS` by default. */
  takeOverTimeout?: number
  /** Id of a run that is created; a new one by default. */
  id?: string
  /** Absolute path of the log, if it is not to lie in the run's folder; an existing file is appended to. */
  log?: string
}

/**
 * Begins a run: makes its folder `<storage>/runs/<id>/` with record and log, and listens on its address.
 * @param pid the training process, if it is known already
 * @throws the file system's or the socket's error.
 */
export async function createRun(
  storage: string,
  request: NamedRequest,
  options: StoreOptions = {},
  pid: number | null = null,
): Promise<WatchedRun> {
  const { id = newRunId() } = options
  const folder = runFolder(storage, id)
  const session = { address: newAddress(), secret: newSecret() }
  let run: WatchedRun | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const log = options.log ?? path.join(folder, 'events.jsonl')
    const record = { id, script: request.script, session, pid, ended: false, log }
    writeRecord(folder, record)
    run = new WatchedRun(folder, record, emptyRun(), options)
    await run.listen()
    const { script, packageScript, args, cwd, overrides = [] } = request
    const named = {
      script,
      ...(packageScript === undefined ? {} : { packageScript }),
      ...(overrides.length === 0 ? {} : { overrides: [...overrides] }),
    }
    run.report({ type: 'run started', protocol: PROTOCOL, ...named, args: [...args], cwd })
    return run
  } catch (error) {
    run?.dispose()
    removeAddress(session.address)
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/**
 * Takes over a run that an earlier session left before it ended (a reloaded window, a crash): reads and folds its log, and
 * listens on its address again. The caller has to check whether its process is gone.
 * @returns `elsewhere` when another living session watches the run; null when it has ended or cannot be taken over.
 */
export async function reopenRun(folder: string, options: StoreOptions = {}): Promise<WatchedRun | 'elsewhere' | null> {
  const { takeOverTimeout = TAKE_OVER_TIMEOUT_MS } = options
  const record = readRecord(folder)
  if (!record || record.ended) return null
  if (!(await isFree(record.session.address, takeOverTimeout))) return 'elsewhere'
  const state = await foldLog(record.log).catch(() => null)
  // A run whose log cannot be read now is left to a later session.
  if (!state) return null
  const run = new WatchedRun(folder, record, state, options)
  try {
    await run.listen()
    return run
  } catch (error) {
    // Another session may have taken the run over since `isFree` returned.
    if (error instanceof AddressInUse) return 'elsewhere'
    await run.processLost('The run could not be taken over, because its socket cannot be opened again.')
    return null
  }
}
