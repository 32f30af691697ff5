import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import type { RunState } from '../../run/state.ts'
import { foldLog } from '../../runner/history/savedRuns.ts'
import { covariancesFileOf, weightsFileOf } from '../../runner/history/weightsFile.ts'

/**
 * The log that had a new log's name before, and its weights. Both lie under hidden names beside it until the new run has
 * its first event. A command that is killed before that leaves them there, and the next one puts them back.
 */
export class EarlierLog {
  /** Where its weights lie after `moveAside`. */
  readonly weights: string
  readonly #log: string
  readonly #aside: string

  /** @param log absolute path of the log; this process has claimed it */
  constructor(log: string) {
    this.#log = log
    this.#aside = path.join(path.dirname(log), `.${path.basename(log)}.before`)
    this.weights = weightsFileOf(this.#aside)
  }

  /** Moves log and weights away, the log first: whether it has been moved says what a killed command has left. */
  moveAside(): void {
    renameSync(this.#log, this.#aside)
    const weights = weightsFileOf(this.#log)
    // The new run may keep no weights, and would else seem to have these.
    if (existsSync(weights)) renameSync(weights, this.weights)
    const covariances = covariancesFileOf(this.#log)
    if (existsSync(covariances)) renameSync(covariances, covariancesFileOf(this.#aside))
  }

  /** The run of the log that was moved; null when there is none that can be read. Never rejects. */
  async read(): Promise<RunState | null> {
    const state = await foldLog(this.#aside).catch(() => null)
    return state?.startedAt === null ? null : state
  }

  /** Removes the log, but not its weights, if the new run has an event. */
  removeLog(): void {
    if (isFilled(this.#log)) rmSync(this.#aside, { force: true })
  }

  /** Removes log and weights if the new run has an event; else they get their names back. */
  settle(): void {
    if (isFilled(this.#log)) {
      this.removeLog()
      for (const file of [this.weights, covariancesFileOf(this.#aside)]) rmSync(file, { force: true })
      return
    }
    if (existsSync(this.#aside)) renameSync(this.#aside, this.#log)
    if (existsSync(this.weights)) renameSync(this.weights, weightsFileOf(this.#log))
    const covariances = covariancesFileOf(this.#aside)
    if (existsSync(covariances)) renameSync(covariances, covariancesFileOf(this.#log))
  }
}

/** Whether a file is there and has content. */
export function isFilled(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0
}
