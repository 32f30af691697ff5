import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { editorRuns } from '../../runner/history/editorRuns.ts'
import { runLabel, runsNamed } from '../../runner/history/runNames.ts'
import { UsageError } from './usageError.ts'

/** Name of a run's log in the folder that the editor keeps for it. */
const LOG_IN_FOLDER = 'events.jsonl'
/** Runs that an error names at most. */
const MAX_CANDIDATES = 5

/**
 * Finds the log of an earlier run.
 * @param run the log's path, with or without `.jsonl`; the folder that the editor keeps for a run; or the name of a run in
 *   the editor's history, as `runsNamed` has it
 * @param suits of several runs of that name, the ones that count; all when left out
 * @returns the log's path; of a path where nothing is, the path itself
 * @throws UsageError with one sentence and the candidates, when there is no such run or there are several.
 */
export function findLog(run: string, suits: (log: string) => boolean = () => true): string {
  const inFolder = path.join(run, LOG_IN_FOLDER)
  if (existsSync(inFolder)) return inFolder
  if (existsSync(run)) return run
  if (existsSync(`${run}.jsonl`)) return `${run}.jsonl`
  if (/[\\/]|\.jsonl$/.test(run)) return run
  const saved = editorRuns({ platform: process.platform, folder: os.homedir(), env: process.env })
  const named = runsNamed(run, saved)
  const suitable = named.filter(({ log }) => suits(log))
  const [found, ...others] = suitable.length > 0 ? suitable : named
  if (found && others.length === 0) return found.log
  const candidates = found ? [found, ...others] : saved
  const list = candidates.slice(0, MAX_CANDIDATES).map(runLabel).join('; ')
  const more = candidates.length > MAX_CANDIDATES ? `; and ${candidates.length - MAX_CANDIDATES} more` : ''
  if (found)
    throw new UsageError(`${run} is the name of ${candidates.length} runs; give the id of one: ${list}${more}.`)
  const known = list === '' ? '' : `; it has ${list}${more}`
  throw new UsageError(`${run} is no log, and no run in the editor's history${known}.`)
}
