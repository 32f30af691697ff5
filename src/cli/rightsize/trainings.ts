import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ExperimentError } from '../../experiments/experimentError.ts'
import { whyUnproven } from '../../experiments/narrowed.ts'
import { readTraining, type Training, type TrainingRequest } from '../../experiments/training.ts'
import { describeOverrides } from '../../presentation/overrides.ts'
import type { Override } from '../../protocol/overrides.ts'
import type { RunState } from '../../run/state.ts'
import { weightsFileOf } from '../../runner/history/weightsFile.ts'
import { completeScriptPath } from '../../runner/launch/findScript.ts'
import { runFlags, type AfterTrainingFlags } from '../afterTraining/flags.ts'
import { runScript } from '../run/run.ts'
import { printLine } from '../console/terminalText.ts'

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

  constructor(trained: TrainedScript, folder: string) {
    this.#trained = trained
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
    // Logs and weights belong to this machine, not to the project's history.
    const ignore = path.join(folder, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
  }

  /** Trains, or reads what was trained before. @throws ExperimentError when the training was stopped. */
  readonly train = async (request: TrainingRequest): Promise<Training> => {
    const log = path.join(this.#folder, `${request.name}.jsonl`)
    const before = await this.find(request)
    const overrides = this.#overridesOf(request)
    const changes = describeOverrides(overrides)
    announce(`${before ? 'trained before' : 'training'}: ${request.name}${changes === null ? '' : ` (${changes})`}`)
    if (before) return before
    const { script, args, flags } = this.#trained
    const { json = false } = flags
    await runScript(
      script,
      [...args],
      {
        ...runFlags({ ...flags, log, set: overrides }),
        ...(request.inherit ? { inherit: request.inherit.log } : {}),
        ...(request.everyRow ? { rows: 'all' as const } : {}),
      },
      { ...(request.task ? { task: request.task } : {}), ownsOutput: json, ended: () => 0 },
    )
    const training = await readTraining(log)
    const how = training?.state.ended?.how
    if (!training || (how !== 'completed' && how !== 'failed'))
      throw new ExperimentError(`The training ${request.name} was stopped. The same command goes on from there.`)
    return training
  }

  /** The training of an earlier command; null where there is none, or what it trained has changed since. */
  async find(request: TrainingRequest): Promise<Training | null> {
    const log = path.join(this.#folder, `${request.name}.jsonl`)
    const training = await readTraining(log)
    return training && this.#isOf(training, request) && isUnchanged(training.state) ? training : null
  }

  #isOf({ log, state }: Training, request: TrainingRequest): boolean {
    const { script, args, flags } = this.#trained
    const cwd = process.cwd()
    const isScript = flags.npm ? state.packageScript === script : state.script === completeScriptPath(script, cwd)
    const isSame =
      isScript &&
      state.cwd === cwd &&
      isDeepStrictEqual(state.args, args) &&
      isDeepStrictEqual(state.overrides, this.#overridesOf(request))
    // A narrower network that cannot be trained is a result; a script that fails by itself may have been corrected.
    const hasFailed = state.ended?.how === 'failed' && request.inherit !== null
    const isProven = state.proof !== null && existsSync(weightsFileOf(log))
    // A training that cannot be proven would not be the next time.
    const hasProof = request.task === null || isProven || whyUnproven(state) !== null
    const isLater = (state.startedAt ?? 0) > (request.inherit?.state.ended?.time ?? -Infinity)
    return isSame && isLater && (hasFailed || (state.ended?.how === 'completed' && hasProof))
  }

  #overridesOf({ overrides }: TrainingRequest): Override[] {
    const isReplaced = (one: Override): boolean =>
      overrides.some(({ layer, property }) => layer === one.layer && property === one.property)
    return [...(this.#trained.flags.set ?? []).filter((own) => !isReplaced(own)), ...overrides]
  }
}

/** Whether the files that construct a run's layers, and its script, are as they were when it began. */
function isUnchanged({ script, cwd, layers, startedAt }: RunState): boolean {
  const files = new Set([script, ...layers.flatMap(({ site }) => site?.file ?? [])])
  return [...files].every((file) => {
    const changed = statSync(path.resolve(cwd, file), { throwIfNoEntry: false })
    return changed === undefined || changed.mtimeMs <= (startedAt ?? 0)
  })
}

function announce(text: string): void {
  printLine(process.stderr, `saturation: ${text}`)
}
