import { countingMetric, isOfValidation, metricNamed, type Metric } from '../run/metric.ts'
import type { RunState } from '../run/state.ts'

/** A metric that several runs report. */
export interface ComparedMetric extends Metric {
  /**
   * `epochs`: at the end of the last epoch of `fit`. `proof`: on the data that the program evaluates on, by a proof.
   * `steps`: the mean training loss of the last tenth of the steps, in training without epochs.
   */
  readonly source: 'epochs' | 'proof' | 'steps'
  /** Whether it is measured on other data than those of the training. */
  readonly isOfOtherData: boolean
}

/** Share of the steps, the last ones, whose mean loss is compared where there are no epochs. */
const LAST_STEPS_SHARE = 0.1

/** The names of the metrics that a run reports. */
export function metricNames(run: RunState): string[] {
  const names = Object.keys(run.lastEpoch?.metrics ?? {})
  const proven = run.proof === null || names.includes(run.proof.metric) ? [] : [run.proof.metric]
  const steps = run.lastEpoch === null && run.loss.y.length > 0 ? ['loss'] : []
  return [...names, ...proven, ...steps]
}

/**
 * The metric by which runs are compared: one that all of them report. Of the last epoch, validation comes before the
 * metric of a proof, as of a program that calls `evaluate` after `fit`, and that before metrics of the training data.
 * @param runs those that have trained; others have no metric
 * @param name the one that a person has chosen; null for the one that counts
 * @returns null where no metric, or none of that name, is common to all.
 */
export function comparedMetric(runs: readonly RunState[], name: string | null): ComparedMetric | null {
  const [first] = runs
  if (!first) return null
  const common = Object.keys(first.lastEpoch?.metrics ?? {}).filter((each) =>
    runs.every(({ lastEpoch }) => lastEpoch !== null && Object.hasOwn(lastEpoch.metrics, each)),
  )
  const ofEpochs = (metric: Metric): ComparedMetric => {
    return { ...metric, source: 'epochs', isOfOtherData: isOfValidation(metric.name) }
  }
  const proven = provenMetric(runs)
  const steps: ComparedMetric | null = runs.every(({ lastEpoch, loss }) => lastEpoch === null && loss.y.length > 0)
    ? { ...metricNamed('loss'), source: 'steps', isOfOtherData: false }
    : null
  if (name !== null) {
    if (common.includes(name)) return ofEpochs(metricNamed(name))
    return [proven, steps].find((metric) => metric?.name === name) ?? null
  }
  if (common.some(isOfValidation)) return ofEpochs(countingMetric(common))
  if (proven?.isOfOtherData) return proven
  return common.length > 0 ? ofEpochs(countingMetric(common)) : steps
}

/** The metric that the proofs of all runs have; null where one has none, or another. */
function provenMetric(runs: readonly RunState[]): ComparedMetric | null {
  const proof = runs[0]?.proof
  if (!proof || !runs.every((run) => run.proof?.metric === proof.metric && run.proof.source === proof.source))
    return null
  const { metric: name, better, isShare } = proof
  return { name, better, isShare, source: 'proof', isOfOtherData: proof.source !== 'inputs' }
}

/** The metric at the end of a run; null where it was not reported, or is not finite. */
export function metricOf(run: RunState, { name, source }: ComparedMetric): number | null {
  switch (source) {
    case 'epochs':
      return run.lastEpoch && Object.hasOwn(run.lastEpoch.metrics, name) ? (run.lastEpoch.metrics[name] ?? null) : null
    case 'proof':
      return run.proof?.value ?? null
    case 'steps':
      return meanLoss(run)
  }
}

/** The metric's values over a run, as far as its curve has them: those of the epochs. */
export function metricCurve(run: RunState, { name, source }: ComparedMetric): number[] {
  if (source !== 'epochs' || !Object.hasOwn(run.metrics, name)) return []
  return run.metrics[name]!.y.filter((value) => value !== null)
}

function meanLoss({ loss }: RunState): number | null {
  const last = loss.y.slice(-Math.max(1, Math.ceil(loss.y.length * LAST_STEPS_SHARE)))
  return last.length === 0 || last.includes(null)
    ? null
    : last.reduce((sum: number, y) => sum + (y ?? 0), 0) / last.length
}
