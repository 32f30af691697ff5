import path from 'node:path'
import * as v from 'valibot'
import { Joined } from '../../protocol/handshake.ts'
import { readSecretFile, writeSecretFile } from '../files/secretFile.ts'

/** What a session keeps beside a run's log, so that the next session can take the run over. */
const RunRecord = v.object({
  id: v.string(),
  script: v.string(),
  /** Address at which the session listens for the training process, and its secret. */
  session: Joined,
  /** Process id of the training process; null until it said hello. */
  pid: v.nullable(v.number()),
  /** True when the run has ended. Without it every session would have to read the logs of old runs to find out. */
  ended: v.boolean(),
  /** Absolute path of the log. */
  log: v.string(),
  /** Whether it is a trial of a study, which keeps its log. */
  trial: v.optional(v.boolean()),
})
export type RunRecord = v.InferOutput<typeof RunRecord>

/** Absolute path of the record of the run in a folder. */
function recordFile(folder: string): string {
  return path.join(folder, 'run.json')
}

/** Writes a run's record atomically, readable by its owner only. @throws the file system's error. */
export function writeRecord(folder: string, record: RunRecord): void {
  writeSecretFile(recordFile(folder), record)
}

/** Reads a run's record. @returns null when there is none that can be read. */
export function readRecord(folder: string): RunRecord | null {
  return readSecretFile(recordFile(folder), RunRecord)
}
