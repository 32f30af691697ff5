import { parseEvent, type RunEvent } from '../../protocol/events.ts'

/** What is left of a report after repeats and malformed events were taken out. */
export interface Intake {
  events: RunEvent[]
  /** One sentence for each thing that was wrong. */
  problems: string[]
  /** `seq` to expect next, the reply to the report. */
  next: number
}

/**
 * Sorts out what a training process sent.
 * @param next the `seq` that it was told to send next
 * @param folded the `seq` below which everything is in the log
 */
export function sortOut(values: readonly unknown[], next: number, folded: number): Intake {
  const intake: Intake = { events: [], problems: [], next }
  for (const value of values) {
    const parsed = parseEvent(value)
    if ('malformed' in parsed || parsed.event.by !== 'trainer') {
      const seq = (value as { seq?: unknown } | null)?.seq
      if (typeof seq === 'number' && seq < intake.next) continue
      // It takes its place all the same, or it would be sent again for ever.
      intake.next++
      const why = 'malformed' in parsed ? parsed.malformed : 'by: only the session writes as the session'
      intake.problems.push(`A malformed event was left out: ${why}`)
      continue
    }
    const { event } = parsed
    if (event.seq < folded) continue
    if (event.seq > intake.next) {
      const [first, last] = [intake.next, event.seq - 1]
      const which = first === last ? `Event ${first}` : `Events ${first} to ${last}`
      intake.problems.push(`${which} of the training process did not arrive.`)
    }
    intake.events.push(event)
    folded = event.seq + 1
    intake.next = Math.max(intake.next, folded)
  }
  return intake
}
