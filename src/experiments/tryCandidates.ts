import type { Trained } from '../comparison/compareRuns.ts'
import { comparedMetric } from '../comparison/comparedMetric.ts'
import { failureOf } from '../comparison/failure.ts'
import type { Override } from '../protocol/overrides.ts'
import type { ProveTask } from '../protocol/task.ts'
import { ExperimentError } from './experimentError.ts'
import type { Train } from './rightsize.ts'
import type { Training } from './training.ts'

/** A network that a person wants to try. */
export interface TriedCandidate {
  /** Unique within the study; the name of its logs, without extension. */
  readonly file: string
  /** `hidden2.units=104`. */
  readonly name: string
  readonly overrides: readonly Override[]
}

/** What a person chooses of a study. */
interface TryOptions {
  readonly candidates: readonly TriedCandidate[]
  /** The run to inherit from and to compare with; null where the script is to be trained as it is first. */
  readonly baseline: Training | null
  /** Whether what a training has learned was kept. */
  canInherit(training: Training): boolean
  /** Whether candidates are trained from scratch as well. */
  readonly fromScratch: boolean
  /** How many times each network is trained. */
  readonly seeds: number
  /** The metric to compare by; null for the one that counts. */
  readonly metric: string | null
}

/** The networks of a study, the script as it is first. */
export interface Study {
  readonly networks: readonly Trained[]
  readonly baseline: Training
  /** Whether candidates could not inherit, because the baseline has left no weights. */
  readonly isWithoutWeights: boolean
}

/** The proof of a training that needs one only for the value of its network, as where `evaluate` follows `fit`. */
const FOR_VALUE: ProveTask = { kind: 'prove', seconds: 1 }

/**
 * Trains a script as it is and with each of several changes: candidates inherit what the script has learned, and are
 * trained from scratch as well if that is asked for or there is nothing to inherit. A candidate that throws is a result.
 * Where repeating the script gives the same values, nothing else is repeated.
 * @param report called after each training with what there is so far
 * @throws ExperimentError when the script as it is fails, or a training was stopped.
 */
export async function tryCandidates(
  train: Train,
  options: TryOptions,
  report: (networks: readonly Trained[]) => void,
): Promise<Study> {
  const plain = { overrides: [], inherit: null, task: FOR_VALUE }
  const baseline = options.baseline ?? (await train({ name: 'baseline', ...plain }))
  const failed = failureOf(baseline.state)
  if (failed !== null) throw new ExperimentError(`The training of the script as it is failed. ${failed}`)
  const task = comparedMetric([baseline.state], options.metric)?.source === 'proof' ? FOR_VALUE : null
  const networks: { name: string; runs: Training['state'][] }[] = [{ name: 'baseline', runs: [baseline.state] }]
  const add = (name: string, { state }: Training): void => {
    const network = networks.find((each) => each.name === name)
    if (network) network.runs.push(state)
    else networks.push({ name, runs: [state] })
    report(networks)
  }
  let { seeds } = options
  for (let seed = 2; seed <= seeds; seed++) {
    add('baseline', await train({ ...plain, name: `baseline-${seed}`, task }))
    // The script fixes its random numbers: repeats of it would show nothing.
    if (areIdentical(networks[0]!.runs)) seeds = 1
  }
  const canInherit = options.canInherit(baseline)
  for (const { file, name, overrides } of options.candidates) {
    for (let seed = 1; seed <= seeds; seed++) {
      const suffix = seed === 1 ? '' : `-${seed}`
      if (canInherit) add(name, await train({ name: `${file}${suffix}`, overrides, inherit: baseline, task }))
      if (!canInherit || options.fromScratch) {
        const scratch = await train({ name: `${file}-scratch${suffix}`, overrides, inherit: null, task })
        add(canInherit ? `${name} from scratch` : name, scratch)
      }
    }
  }
  return { networks, baseline, isWithoutWeights: !canInherit }
}

/** Whether trainings reported the same values to the bit. */
function areIdentical(runs: readonly Training['state'][]): boolean {
  const values = runs.map(({ lastEpoch, loss }) => JSON.stringify(lastEpoch?.metrics ?? loss.y))
  return values.every((value) => value === values[0])
}
