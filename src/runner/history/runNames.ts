import path from 'node:path'
import type { RunRecord } from './record.ts'

/** What a person may call a saved run by. */
type Named = Pick<RunRecord, 'id' | 'script'>

/**
 * The runs that a name may mean: those of this id, or of one that begins like it; else those whose script and start
 * have all words of the name. `train.js`, `train.js 2026-11-28`, `train 2026-11-28 14:03`.
 * @param runs the latest first, as the result
 */
export function runsNamed<Run extends Named>(name: string, runs: readonly Run[]): Run[] {
  const wanted = name.trim()
  if (wanted === '') return []
  const exact = runs.filter(({ id }) => id === wanted)
  if (exact.length > 0) return exact
  const words = wanted.split(/[\s,]+/)
  const [date, time] = [/^\d{4}-\d\d(-\d\d)?$/, /^\d\d:\d\d(:\d\d)?$/]
  return runs.filter((run) => {
    if (run.id.startsWith(wanted)) return true
    const { script } = run
    const start = startOf(run)
    return words.every((word) => {
      if (date.test(word) || time.test(word)) return start?.split(' ').some((part) => part.startsWith(word)) ?? false
      return word === script || word === path.basename(script) || word === path.parse(script).name
    })
  })
}

/** What a run is called in a list: `2026-11-28T14-03-22-123-0a1b2c (train.js, 2026-11-28 15:03:22)`. */
export function runLabel(run: Named): string {
  const start = startOf(run)
  return `${run.id} (${path.basename(run.script)}${start === null ? '' : `, ${start}`})`
}

/** When a run began, by the clock on the wall: `2026-11-28 15:03:22`; null where its id does not tell. */
function startOf({ id }: Named): string | null {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)/.exec(id)
  if (!match) return null
  const [, day, hours, minutes, seconds] = match
  const utc = new Date(`${day}T${hours}:${minutes}:${seconds}Z`)
  // Swedish has the date and the time in this form.
  return Number.isNaN(utc.getTime()) ? null : utc.toLocaleString('sv')
}
