import path from 'node:path'
import type { RunState } from '../../run/state.ts'
import type { NamedRequest } from '../launch/resolveRequest.ts'
import { readLog } from './log.ts'
import { readRecord } from './record.ts'
import { foldLog, runFolders } from './savedRuns.ts'

/** A run as its first event names it. */
type NamedRun = Pick<RunState, 'script' | 'packageScript' | 'args' | 'cwd'>

/** Whether a run was one of the script or program that a request names. */
export function isRunOf({ script, packageScript, args, cwd }: NamedRun, request: NamedRequest): boolean {
  if (script !== request.script || cwd !== request.cwd || packageScript !== (request.packageScript ?? null))
    return false
  // Of a program such as npx, the arguments say which script it runs.
  return path.isAbsolute(script) || JSON.stringify(args) === JSON.stringify(request.args)
}

/**
 * Finds the latest ended run of a script among those that are saved when this is called. Only the log of the run that
 * is found is read as a whole.
 * @param states states of runs that are in memory, by folder
 * @returns null when there is none whose log can be read.
 */
export async function findRunBefore(
  storage: string,
  request: NamedRequest,
  states: ReadonlyMap<string, RunState>,
): Promise<RunState | null> {
  for (const folder of runFolders(storage)) {
    const record = readRecord(folder)
    if (!record?.ended || record.script !== request.script) continue
    const known = states.get(folder)
    if (known ? isRunOf(known, request) : await isLogOf(record.log, request)) {
      const state = known ?? (await foldLog(record.log).catch(() => null))
      if (state) return state
    }
  }
  return null
}

async function isLogOf(log: string, request: NamedRequest): Promise<boolean> {
  try {
    for await (const entry of readLog(log)) {
      if (!('event' in entry) || entry.event.type !== 'run started') return false
      const { packageScript = null, ...event } = entry.event
      return isRunOf({ ...event, packageScript }, request)
    }
  } catch {
    // A log that cannot be read tells nothing.
  }
  return false
}
