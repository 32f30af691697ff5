import { RunDigest } from '../../report/runDigest.ts'
import { readLog } from '../../runner/history/log.ts'
import { findLog } from '../console/findLog.ts'
import { UsageError } from '../console/usageError.ts'
import { printLine } from '../console/terminalText.ts'

/** Unreadable lines that are listed one by one; further ones are only counted. */
const MAX_LISTED = 5

/**
 * Folds the log of a run. Skips lines that hold no event, and lists them on the error output if the file is a log at all.
 * @param run the log, or the run's folder or name, as for `findLog`
 * @throws UsageError when there is no such run, or when the file cannot be read or holds no event.
 */
export async function readDigest(run: string): Promise<RunDigest> {
  const file = findLog(run)
  const digest = new RunDigest()
  let events = 0
  let malformed = 0
  const complaints: string[] = []
  try {
    for await (const entry of readLog(file)) {
      if ('event' in entry) {
        events++
        digest.add(entry.event)
      } else if (++malformed <= MAX_LISTED) complaints.push(`${file}:${entry.line}: ${entry.malformed}`)
    }
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
  if (events === 0) throw new UsageError(`${file} is not the log of a run: no line of it holds an event.`)
  if (malformed > MAX_LISTED) complaints.push(`${file}: ${malformed - MAX_LISTED} more lines hold no event`)
  for (const complaint of complaints) printLine(process.stderr, complaint)
  return digest
}
