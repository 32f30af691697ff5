import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createColors } from 'picocolors'
import { parseEvent, type RunEvent } from '../../../src/protocol/events.ts'
import { RunDigest } from '../../../src/report/runDigest.ts'
import { reportOf } from '../../../src/report/report.ts'
import { terminalText } from '../../../src/cli/console/terminalText.ts'
import { renderReport } from '../../../src/cli/report/renderReport.ts'
import { history } from '../../protocol/arbitraryEvents.ts'
import { cases, STRESS } from '../../stress.ts'

/** Values that a damaged or malicious log may have anywhere. */
const HOSTILE = [
  0,
  -0,
  -1,
  0.5,
  1,
  1.5e9,
  2 ** 24,
  2 ** 53,
  1e300,
  -1e300,
  5e-324,
  null,
  true,
  '',
  [],
  {},
  '__proto__',
  'constructor',
  '\u001b]0;owned\u0007\u202e',
  'x'.repeat(3000),
  [1, 2, 3],
  { length: 1e9 },
]

/** Puts a value in the place of any part of an event. */
function mutated(event: RunEvent, at: number, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(event)) as Record<string, unknown>
  const places: [Record<string, unknown>, string][] = []
  const collect = (object: Record<string, unknown>): void => {
    for (const [key, part] of Object.entries(object)) {
      places.push([object, key])
      if (typeof part === 'object' && part !== null) collect(part as Record<string, unknown>)
    }
  }
  collect(copy)
  const [object, key] = places[at % places.length]!
  object[key] = value
  return copy
}

/** In the usual run of tests, the logs are few and always the same. */
const numRuns = cases(300, 20_000)

it('any mutated log gives a report, without anything that a terminal obeys', () => {
  const mutation = fc.record({ event: fc.nat(), at: fc.nat(), value: fc.constantFrom(...HOSTILE) })
  fc.assert(
    fc.property(history, fc.array(mutation, { maxLength: 6 }), (events, mutations) => {
      const lines: unknown[] = [...events]
      for (const { event, at, value } of mutations) {
        const original = events[event % Math.max(1, events.length)]
        if (original) lines[event % events.length] = mutated(original, at, value)
      }
      const digest = new RunDigest()
      for (const line of lines) {
        const parsed = parseEvent(line)
        if ('event' in parsed) digest.add(parsed.event)
      }
      const report = reportOf(digest)
      const shown = terminalText(renderReport(report, createColors(true), 100))
      /* eslint-disable no-control-regex -- control characters are what must be absent */
      const plain = shown.replaceAll(/\u001b\[\d+m/g, '')
      expect(plain).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
      /* eslint-enable no-control-regex */
      expect(JSON.stringify(report)).toBeTypeOf('string')
    }),
    { numRuns, ...(STRESS ? {} : { seed: 1 }) },
  )
})
