import { failureOf } from '../comparison/failure.ts'
import type { ProveTask } from '../protocol/task.ts'
import { Comparison } from './comparison.ts'
import { fitOverride, namedWidths, wideOf, widthOverrides } from './narrowed.ts'
import type { FrontierRow, Rightsized } from './rightsized.ts'
import { stepMs, trainingMs } from '../run/timing.ts'
import { epochsOfFit, type Training, type TrainingRequest } from './training.ts'
import { WidthSearch, type Candidate } from './widthSearch.ts'

/**
 * Trains with a script, or finds that it was trained so before. A training that fails is a result; its state says why.
 * @throws ExperimentError when it was stopped.
 */
export type Train = (request: TrainingRequest) => Promise<Training>

/** What a person chooses of right-sizing. */
export interface RightsizeOptions {
  /** The metric to compare by; null for the one of the proof. */
  readonly metric: string | null
  /** Whether the recommended network is trained from scratch as well. */
  readonly fromScratch: boolean
  /** Seconds of the proof. */
  readonly seconds: number
}

/** The name and task of the wide network's training. */
export function baselineRequest({ seconds }: RightsizeOptions): TrainingRequest {
  const task: ProveTask = { kind: 'prove', seconds }
  return { name: 'baseline', overrides: [], inherit: null, task }
}

/**
 * Finds the narrowest network that keeps the metric of a script's training. The wide network is trained and its widths
 * are proven. Narrower ones then inherit from it and are trained for half of the epochs, four at most.
 * @throws ExperimentError when nothing can be proven or compared, or a training was stopped.
 */
export async function rightsize(train: Train, options: RightsizeOptions): Promise<Rightsized> {
  const baseline = await train(baselineRequest(options))
  const { proof, recipe } = wideOf(baseline)
  const comparison = new Comparison(baseline, proof, baseline, options.metric)
  const epochs = epochsOfFit(baseline)
  const halved = epochs > 0 ? [fitOverride('epochs', Math.ceil(epochs / 2))] : []
  const search = new WidthSearch(proof, recipe)
  const frontier: FrontierRow[] = []
  for (let next = search.next(); next; next = search.next()) {
    const overrides = [...widthOverrides(namedWidths(next.widths, baseline.state)), ...halved]
    const training = await train({ name: next.name, overrides, inherit: baseline, task: comparison.task })
    const row = rowOf(next, training, comparison, baseline)
    search.note(next, row.holds === true)
    frontier.push({ ...row, overrides })
  }
  frontier.sort((a, b) => b.parameters - a.parameters)
  const result = resultOf(comparison, proof.parameters, baseline, frontier)
  return options.fromScratch ? withScratch(result, train, comparison) : result
}

function rowOf(
  { name, widths, parameters, difference }: Candidate,
  training: Training,
  comparison: Comparison,
  baseline: Training,
): Omit<FrontierRow, 'overrides'> {
  const failed = failureOf(training.state)
  const inherited = failed === null ? comparison.valueOf(training) : null
  const before = comparison.baseline === null || difference === null ? null : comparison.baseline + difference
  return {
    name,
    widths: namedWidths(widths, baseline.state),
    parameters,
    value: { beforeTraining: before, inherited, fromScratch: null },
    holds: comparison.holds(inherited),
    stepMs: stepMs(training.state),
    trainingMs: trainingMs(training.state),
    failed,
    inherits: baseline.log,
  }
}

/** The result, in which the narrowest network that holds is recommended. */
export function resultOf(
  { metric, baseline: value, tolerance }: Comparison,
  parameters: number,
  baseline: Training | null,
  frontier: readonly FrontierRow[],
): Rightsized {
  return {
    metric,
    baseline: {
      parameters,
      value,
      stepMs: baseline && stepMs(baseline.state),
      trainingMs: baseline && trainingMs(baseline.state),
    },
    tolerance,
    frontier,
    recommended: frontier.findLast((row) => row.holds !== false && row.failed === null && isNarrower(row)) ?? null,
  }
}

function isNarrower({ widths }: FrontierRow): boolean {
  return Object.keys(widths).length > 0
}

/** The result after the recommended network was trained from the weights that the program makes, for all epochs. */
export async function withScratch(result: Rightsized, train: Train, comparison: Comparison): Promise<Rightsized> {
  const chosen = result.recommended
  if (!chosen) return result
  const overrides = widthOverrides(chosen.widths)
  const training = await train({ name: `${chosen.name}-scratch`, overrides, inherit: null, task: comparison.task })
  const fromScratch = failureOf(training.state) === null ? comparison.valueOf(training) : null
  const recommended = { ...chosen, value: { ...chosen.value, fromScratch } }
  return { ...result, recommended, frontier: result.frontier.map((row) => (row === chosen ? recommended : row)) }
}
