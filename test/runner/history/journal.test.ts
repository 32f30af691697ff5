import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { emptyRun } from '../../../src/run/state.ts'
import { Journal } from '../../../src/runner/history/journal.ts'
import { readLog } from '../../../src/runner/history/log.ts'
import { stepEvent } from '../../run/events.ts'

it('writes what it showed while nothing could be written, so that the log has no gap', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-journal-'))
  const file = path.join(folder, 'gone/events.jsonl')
  try {
    const journal = new Journal(file, emptyRun())
    expect(() => journal.append([stepEvent(0)])).toThrow('ENOENT')
    journal.problem('First.', '')
    journal.tryReport({ type: 'problem', layer: null, message: 'Second.', advice: '' })
    expect(journal.incomplete).toContain('ENOENT')
    mkdirSync(path.dirname(file))
    journal.append([stepEvent(0)])
    journal.report({ type: 'problem', layer: null, message: 'Third.', advice: '' })
    expect(journal.incomplete).toBeNull()
    journal.close()
    const written: [number, string][] = []
    for await (const entry of readLog(file))
      if ('event' in entry && entry.event.by === 'session')
        written.push([entry.event.seq, entry.event.type === 'problem' ? entry.event.message : entry.event.type])
    expect(written.map(([seq]) => seq)).toEqual(written.map((_, i) => i))
    expect(written.map(([, message]) => message)).toEqual(expect.arrayContaining(['First.', 'Second.', 'Third.']))
    expect(journal.state.problems.map(({ message }) => message)).toEqual([...new Set(written.map(([, text]) => text))])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
