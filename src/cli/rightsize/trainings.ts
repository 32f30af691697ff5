import { existsSync } from 'node:fs'
import path from 'node:path'
import { ExperimentError } from '../../experiments/experimentError.ts'
import { prepareFolder } from '../../experiments/kept/folder.ts'
import { isSameTraining, isUnchanged } from '../../experiments/kept/sameTraining.ts'
import {
  epochsIn,
  readTraining,
  stopReason,
  type StopReason,
  type TrainedEpoch,
  type Training,
  type TrainingRequest,
} from '../../experiments/training.ts'
import { whyUnproven } from '../../experiments/narrowed.ts'
import { describeOverrides } from '../../presentation/overrides.ts'
import type { Override } from '../../protocol/overrides.ts'
import { weightsFileOf } from '../../runner/history/weightsFile.ts'
import { runFlags, type AfterTrainingFlags } from '../afterTraining/flags.ts'
import { printLine } from '../console/terminalText.ts'
import { runScript, type RunTask } from '../run/run.ts'

/** What is trained, and how. */
export interface TrainedScript {
  readonly script: string
  readonly args: readonly string[]
  readonly flags: AfterTrainingFlags
}

/** The trainings of one script in one folder. One that is there already is not repeated. */
export class Trainings {
  readonly #trained: TrainedScript
  readonly #folder: string
  /** Exit code of a training that a person has ended; null while none was. */
  interruptedWith: number | null = null

  constructor(trained: TrainedScript, folder: string) {
    this.#trained = trained
    this.#folder = folder
  }

  /** Trains, or reads what was trained before. @throws ExperimentError when the training was stopped. */
  readonly train = async (request: TrainingRequest): Promise<Training> => {
    const log = path.join(this.#folder, `${request.name}.jsonl`)
    const before = await this.find(request)
    const overrides = this.#overridesOf(request)
    const changes = describeOverrides(overrides)
    announce(`${before ? 'trained before' : 'training'}: ${request.name}${changes === null ? '' : ` (${changes})`}`)
    if (before) return before
    prepareFolder(this.#folder)
    const { script, args, flags } = this.#trained
    const { json = false } = flags
    const { inherit, evaluates, everyRow, task } = request
    const code = await runScript(
      script,
      [...args],
      {
        ...runFlags({ ...flags, log, set: overrides }),
        ...(inherit ? { [evaluates ? 'from' : 'inherit']: inherit.log } : {}),
        ...(everyRow ? { rows: 'all' as const } : {}),
      },
      { ...(task ? { task } : {}), watch: watchOf(request), ownsOutput: json, ended: () => 0 },
    )
    const training = await readTraining(log)
    if (!training) throw new ExperimentError(whyNoLog(log))
    const how = training.state.ended?.how
    if (how === 'killed' || how === 'lost' || (how === 'stopped' && !stopReason(training, request.stopWhen))) {
      this.interruptedWith = code
      throw new ExperimentError(
        `The training ${request.name} was stopped. The same command goes on from there: what has ended is not repeated.`,
      )
    }
    return training
  }

  /** The training of an earlier command; null where there is none, or what it trained has changed since. */
  async find(request: TrainingRequest): Promise<Training | null> {
    const log = path.join(this.#folder, `${request.name}.jsonl`)
    const training = await readTraining(log)
    return training && this.#isOf(training, request) && isUnchanged(training.state) ? training : null
  }

  #isOf({ log, state, epochs }: Training, request: TrainingRequest): boolean {
    const { script, args, flags } = this.#trained
    const isSame = isSameTraining(state, {
      ...{ script, args, npm: flags.npm ?? false },
      overrides: this.#overridesOf(request),
    })
    // A narrower network that cannot be trained is a result; a script that fails by itself may have been corrected.
    const hasFailed = state.ended?.how === 'failed' && request.inherit !== null
    const isProven = state.proof !== null && existsSync(weightsFileOf(log))
    // A training that cannot be proven would not be the next time.
    const hasProof = request.task === null || isProven || whyUnproven(state) !== null
    const isLater = (state.startedAt ?? 0) > (request.inherit?.state.ended?.time ?? -Infinity)
    const wasGivenUp = stopReason({ log, state, epochs }, request.stopWhen) !== null
    return isSame && isLater && (hasFailed || wasGivenUp || (state.ended?.how === 'completed' && hasProof))
  }

  #overridesOf({ overrides }: TrainingRequest): Override[] {
    const isReplaced = (one: Override): boolean =>
      overrides.some(({ layer, property }) => layer === one.layer && property === one.property)
    return [...(this.#trained.flags.set ?? []).filter((own) => !isReplaced(own)), ...overrides]
  }
}

/** Why a training is ended before its last epoch, as the begin of a sentence that says after how many steps. */
const STOPPED: Readonly<Record<StopReason, string>> = {
  hopeless: 'Given up, since its metric could not come back within noise,',
  time: 'Ended, since the time of the trainings was up,',
}

/** Follows a training's events, and ends it where its request wants that. */
function watchOf({ stopWhen }: TrainingRequest): NonNullable<RunTask['watch']> {
  const epochs: TrainedEpoch[] = []
  return (events, { startedAt }) => {
    epochs.push(...epochsIn(events))
    const now = events.at(-1)?.time
    if (!stopWhen || startedAt === null || now === undefined) return null
    const reason = stopWhen(epochs, now - startedAt)
    return reason && STOPPED[reason]
  }
}

/** Why there is no log that says how a training ended. */
function whyNoLog(log: string): string {
  const begun = existsSync(log) ? `The log ${log} ends before its training does` : `There is no log ${log}`
  return `${begun}: is the disk full? Make room, or choose another folder with --dir. The same command goes on from there.`
}

/** Says on the error output what is done. */
export function announce(text: string): void {
  printLine(process.stderr, `saturation: ${text}`)
}
