import * as v from 'valibot'
import type { TrialEnd } from '../../../experiments/sweep/trialPool.ts'

/** Begins a line of a job's output that holds one line of the trial's log. */
const EVENT_MARK = 'saturation-event '
/** Begins the line that tells how the trial has ended. */
const END_MARK = 'saturation-end '

const End = v.union([
  v.object({
    how: v.picklist(['ended', 'stopped', 'no memory', 'again']),
    exitCode: v.nullable(v.number()),
    errors: v.string(),
    peakBytes: v.nullable(v.number()),
  }),
  v.object({ cannotStart: v.string() }),
])

/** How a trial has ended on another machine, or the sentence that says why it cannot be started there. */
export type RelayedEnd = TrialEnd | { readonly cannotStart: string }

/** A line of output for a line of the trial's log. */
export function eventLine(line: string): string {
  return `${EVENT_MARK}${line}\n`
}

/** The last line of output. */
export function endLine(end: RelayedEnd): string {
  return `${END_MARK}${JSON.stringify(end)}\n`
}

/** Reads the output of a job, which is longer each time. */
export class RelayedOutput {
  /** How the trial has ended; null until its job says so. */
  end: RelayedEnd | null = null
  /** The last line of something else: what the shell says when it cannot start the job's command. */
  other: string | null = null
  /** Whether the trial has reported something. */
  hasEvents = false
  #taken = 0

  /**
   * Takes what is new.
   * @param output all that the job has printed so far
   * @returns new lines of the trial's log, each with its line break
   */
  take(output: string): string {
    const upTo = output.lastIndexOf('\n') + 1
    if (upTo <= this.#taken) return ''
    const lines = output.slice(this.#taken, upTo).split('\n').slice(0, -1)
    this.#taken = upTo
    let log = ''
    for (const line of lines) {
      if (line.startsWith(EVENT_MARK)) log += `${line.slice(EVENT_MARK.length)}\n`
      else if (line.startsWith(END_MARK)) this.end = endIn(line.slice(END_MARK.length)) ?? this.end
      else if (line.trim() !== '') this.other = line.trim()
    }
    this.hasEvents ||= log !== ''
    return log
  }
}

function endIn(text: string): RelayedEnd | null {
  try {
    const result = v.safeParse(End, JSON.parse(text))
    return result.success ? result.output : null
  } catch {
    return null
  }
}
