import { failureOf } from '../comparison/failure.ts'
import type { ProveTask } from '../protocol/task.ts'
import type { Comparison } from './comparison.ts'
import { crowdedGroups, widerNetworks } from './growth.ts'
import { widthOverrides, wideOf, type Wide } from './narrowed.ts'
import type { Rightsized } from './rightsized.ts'
import { type Train, type Training, type TrainingRequest } from './training.ts'
import { Trials } from './trials.ts'
import { WidthSearch } from './widthSearch.ts'

/** Trainings of further networks at most. */
const MAX_TRAININGS = 4

/** What a person chooses of right-sizing. */
export interface RightsizeOptions {
  /** The metric to compare by; null for the one of the proof. */
  readonly metric: string | null
  /** Whether the recommended network is trained from scratch as well. */
  readonly fromScratch: boolean
  /** Whether the wide network is trained twice in any case, to see how much two trainings differ. */
  readonly repeatBaseline: boolean
  /** Seconds of the proof. */
  readonly seconds: number
}

/** The name and task of the wide network's training. */
export function baselineRequest({ seconds }: RightsizeOptions): TrainingRequest {
  const task: ProveTask = { kind: 'prove', seconds }
  return { name: 'baseline', overrides: [], inherit: null, task }
}

/**
 * Finds the narrowest network that keeps the metric of a script's training, or a wider one that is better. The wide
 * network is trained and its widths are proven. Others then inherit from it and are trained for half of the epochs: four
 * at most, in twice the time of the wide network's training at most.
 * @param known a training of the wide network that is there already; null where none is
 * @throws ExperimentError when nothing can be proven or compared, or a training was stopped.
 */
export async function rightsize(
  train: Train,
  options: RightsizeOptions,
  known: Training | null = null,
): Promise<Rightsized> {
  const wide = await provenWide(train, options, known)
  const trials = new Trials(train, wide, options.metric)
  if (options.repeatBaseline) await trials.repeatBaseline()
  // A wider network has its turn after the narrower ones, on top of the narrowest that held.
  const reserved = crowdedGroups(wide).length > 0 ? 1 : 0
  const search = new WidthSearch(wide.proof, wide.recipe, MAX_TRAININGS - reserved)
  for (let next = search.next(); next && trials.hasTimeFor(1 + reserved); next = search.next())
    search.note(next, await trials.train(next, 'narrower'))
  for (const wider of widerNetworks(wide, search.narrowest)) {
    const isPossible = trials.count < MAX_TRAININGS && trials.hasTimeFor(1)
    if (!isPossible || !(await trials.train(wider, 'wider'))) break
  }
  return options.fromScratch ? withScratch(trials.result, train, trials.comparison) : trials.result
}

/** The wide network, trained and proven. A known one that has no complete proof is proven without training it. */
async function provenWide(train: Train, options: RightsizeOptions, known: Training | null): Promise<Wide> {
  const { task, ...request } = baselineRequest(options)
  if (!known) return wideOf(await train({ ...request, task }))
  if (known.state.proof?.phase === 'done') return wideOf(known)
  return wideOf(known, await train({ ...request, name: 'proof', task, inherit: known, evaluates: true }))
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
