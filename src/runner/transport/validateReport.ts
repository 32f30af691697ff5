import { parseEvent, type RunEvent } from '../../protocol/events.ts'

/** The result of checking a report. */
export interface ValidatedReport {
  /** The events to write to the log: repeated and malformed ones are left out. */
  events: RunEvent[]
  /** One sentence for each thing that was wrong. */
  problems: string[]
  /** The `seq` expected next, which the reply to the report carries. */
  next: number
}

/**
 * Checks the events of a report from a training process.
 * @param next the `seq` that the training process was told to send next
 * @param logged the log holds all events of the training process with a `seq` below this one
 */
export function validateReport(values: readonly unknown[], next: number, logged: number): ValidatedReport {
  const report: ValidatedReport = { events: [], problems: [], next }
  for (const value of values) {
    const parsed = parseEvent(value)
    if ('malformed' in parsed || parsed.event.by !== 'trainer') {
      const seq = (value as { seq?: unknown } | null)?.seq
      if (typeof seq === 'number' && seq < report.next) continue
      // A malformed event counts as received, or it would be sent again for ever.
      report.next++
      const why = 'malformed' in parsed ? parsed.malformed : 'by: only the session writes as the session'
      report.problems.push(`A malformed event was left out: ${why}`)
      continue
    }
    const { event } = parsed
    if (event.seq < logged) continue
    if (event.seq > report.next) {
      const [first, last] = [report.next, event.seq - 1]
      const which = first === last ? `Event ${first}` : `Events ${first} to ${last}`
      report.problems.push(`${which} of the training process did not arrive.`)
    }
    report.events.push(event)
    logged = event.seq + 1
    report.next = Math.max(report.next, logged)
  }
  return report
}
