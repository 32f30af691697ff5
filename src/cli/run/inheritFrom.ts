import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { LearnedError } from '../../learned/learnedError.ts'
import { checkLearned } from '../../learned/learnedFile.ts'
import type { Inherit } from '../../protocol/handshake.ts'
import { isWeightsFile, weightsFileOf } from '../../runner/history/weightsFile.ts'
import { findLog } from '../console/findLog.ts'
import { UsageError } from '../console/usageError.ts'

/** An earlier run that has left its weights. */
export interface EarlierRun {
  inherit: Inherit
  /** Path of its log; that of its weights where only these were given. */
  log: string
}

/**
 * Finds what an earlier run has learned.
 * @param run its log, its folder or its name, as for `findLog`; or the file of its weights
 * @param train whether the weights are to be trained on
 * @throws UsageError with one sentence when there is no such run, it has no weights, or their file is damaged.
 */
export function inheritFrom(run: string, train: boolean): EarlierRun {
  const log = isWeightsFile(run) ? run : findLog(run, hasWeights)
  const file = path.resolve(weightsFileOf(withoutLinks(log)))
  if (!existsSync(file)) throw new UsageError(`${run} has no weights to inherit: ${whyNone(log, file)}`)
  try {
    checkLearned(file)
  } catch (error) {
    if (!(error instanceof LearnedError)) throw new UsageError(`${run}: ${(error as Error).message}`)
    throw new UsageError(`The weights of ${run} cannot be inherited: ${error.message}.`)
  }
  return { inherit: { file, name: run, train }, log }
}

/** Weights lie beside the file of a log, not beside a link to it. */
function withoutLinks(log: string): string {
  return existsSync(log) ? realpathSync(log) : log
}

function hasWeights(log: string): boolean {
  return existsSync(weightsFileOf(withoutLinks(log)))
}

function whyNone(log: string, file: string): string {
  if (!existsSync(log)) return isWeightsFile(log) ? 'there is no such file.' : 'there is no log of that name.'
  return `it was run with --no-keep-weights, its weights were too large, or it did not get as far. They would be in ${file}.`
}
