import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { LearnedError } from '../../learned/learnedError.ts'
import { checkLearned } from '../../learned/learnedFile.ts'
import type { Inherit } from '../../protocol/handshake.ts'
import { weightsFileOf } from '../../runner/history/weightsFile.ts'
import { UsageError } from '../console/usageError.ts'

/** Name of a run's log in the folder that the editor keeps for it. */
const LOG_IN_FOLDER = 'events.jsonl'

/**
 * Finds what an earlier run has learned.
 * @param run its log, with or without `.jsonl`; the folder that the editor keeps for it; or the file of its weights
 * @param train whether the weights are to be trained on
 * @throws UsageError with one sentence when there is no such run, it has no weights, or their file is damaged.
 */
export function inheritFrom(run: string, train: boolean): Inherit {
  const file = path.resolve(weightsFileOf(logOf(run)))
  if (!existsSync(file)) throw new UsageError(`${run} has no weights to inherit: ${whyNone(run, file)}`)
  try {
    checkLearned(file)
  } catch (error) {
    if (!(error instanceof LearnedError)) throw new UsageError(`${run}: ${(error as Error).message}`)
    throw new UsageError(`The weights of ${run} cannot be inherited: ${error.message}.`)
  }
  return { file, name: run, train }
}

/** Path of a run's log. @param run its log, with or without `.jsonl`, or the folder that the editor keeps for it */
export function logOf(run: string): string {
  if (isFolder(run)) return path.join(run, LOG_IN_FOLDER)
  return !existsSync(run) && existsSync(`${run}.jsonl`) ? `${run}.jsonl` : run
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory()
  } catch {
    return false
  }
}

function whyNone(run: string, file: string): string {
  return existsSync(logOf(run))
    ? `it was run with --no-keep-weights, its weights were too large, or it did not get as far. They would be in ${file}.`
    : 'there is no log of that name.'
}
