import { rmSync } from 'node:fs'
import path from 'node:path'
import * as v from 'valibot'
import { readSecretFile, writeSecretFile } from '../../runner/files/secretFile.ts'

/** What has become of a trial. A trial without one has not ended, and is begun anew. */
export const Outcome = v.object({
  network: v.string(),
  repeat: v.number(),
  /** Whether the trained model was to be evaluated. */
  evaluates: v.boolean(),
  /** `given up`: its metric could not come back. */
  how: v.picklist(['completed', 'failed', 'given up', 'out of memory']),
  /** A sentence; null for a trial that was completed. */
  reason: v.nullable(v.string()),
  /** Seconds that its processes took. */
  seconds: v.number(),
  /** Bytes of memory that they took at most; null where that is not known. */
  peakBytes: v.nullable(v.number()),
})
export type Outcome = v.InferOutput<typeof Outcome>

function outcomeFile(folder: string, trial: string): string {
  return path.join(folder, `${trial}.json`)
}

/** Writes a trial's outcome atomically. @throws the file system's error. */
export function writeOutcome(folder: string, trial: string, outcome: Outcome): void {
  writeSecretFile(outcomeFile(folder, trial), outcome)
}

/** Reads a trial's outcome. @returns null where there is none, or a file that is half written or of something else */
export function readOutcome(folder: string, trial: string): Outcome | null {
  return readSecretFile(outcomeFile(folder, trial), Outcome)
}

/** Removes a trial's outcome and its log, before the trial is begun anew. @throws the file system's error. */
export function removeTrial(folder: string, trial: string, log: string): void {
  for (const file of [outcomeFile(folder, trial), log]) rmSync(file, { force: true })
}
