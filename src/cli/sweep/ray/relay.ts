import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ExperimentError } from '../../../experiments/experimentError.ts'
import type { Trial } from '../../../experiments/sweep/trialPool.ts'
import { GrowingLines } from '../../../experiments/sweep/growingLines.ts'
import { LocalPool } from '../localPool.ts'
import { memoryLimit } from '../processMemory.ts'
import type { TrialProgram } from '../trialArguments.ts'
import { endLine, eventLine, type RelayedEnd } from './relayedLines.ts'

/** Milliseconds between two looks at the log. */
const LOOK_INTERVAL_MS = 300

/** What one job trains. It is the only argument of `saturation relay`, as JSON. */
export interface RelayedTrial {
  readonly trial: Trial
  readonly program: TrialProgram
  /** Bytes of memory that the trial may take; null for most of the machine's. */
  readonly bytes: number | null
}

/**
 * Trains one trial on this machine for a study on another one: its events go to the output, which the engine carries. The
 * log is a temporary file.
 * @param text a RelayedTrial as JSON, made by the same version of this program
 * @returns 0: how the trial has ended is the last line of the output.
 */
export async function relayTrial(text: string): Promise<number> {
  const { trial, program, bytes } = JSON.parse(text) as RelayedTrial
  const folder = mkdtempSync(path.join(os.tmpdir(), 'saturation-trial-'))
  const log = path.join(folder, 'trial.jsonl')
  const lines = new GrowingLines(log)
  const look = (): void => {
    const output = lines.update().map(eventLine).join('')
    if (output !== '') process.stdout.write(output)
  }
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  const timer = setInterval(look, LOOK_INTERVAL_MS)
  // The engine has said by the environment how many threads it may compute with.
  const pool = new LocalPool(program, { workers: 1, bytes: bytes ?? memoryLimit(), threads: 1 })
  try {
    const end = await pool.run(trial, log, stop.signal).catch(cannotStart)
    look()
    process.stdout.write(endLine(end))
    return 0
  } finally {
    clearInterval(timer)
    pool.dispose()
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal)
    rmSync(folder, { recursive: true, force: true })
  }
}

function cannotStart(error: unknown): RelayedEnd {
  if (error instanceof ExperimentError) return { cannotStart: error.message }
  throw error
}
