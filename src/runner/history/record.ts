import path from 'node:path'
import * as v from 'valibot'
import { Joined } from '../../protocol/handshake.ts'
import { readSecretFile, writeSecretFile } from '../transport/secretFile.ts'

/** What a session keeps beside a run's log, so that the next one can take the run over. */
const RunRecord = v.object({
  id: v.string(),
  script: v.string(),
  /** Where the run is listened for its training process. */
  session: Joined,
  /** The training process, once it said hello. */
  pid: v.nullable(v.number()),
  /** True when nothing more can come: saves reading old logs to find out. */
  ended: v.boolean(),
  /** Absolute path of the log. */
  log: v.string(),
})
export type RunRecord = v.InferOutput<typeof RunRecord>

const NAME = 'run.json'

/** Absolute path of a run's record, readable by its owner only. */
function recordFile(folder: string): string {
  return path.join(folder, NAME)
}

/** Writes a run's record, whole or not at all. @throws the file system's error. */
export function writeRecord(folder: string, record: RunRecord): void {
  writeSecretFile(recordFile(folder), record)
}

/** A run's record; null where there is none that can be read. */
export function readRecord(folder: string): RunRecord | null {
  return readSecretFile(recordFile(folder), RunRecord)
}
