import { holds, losesAgainst, noiseBetween, tolerated, type Noise } from '../comparison/noise.ts'
import type { Proof } from '../protocol/proof.ts'
import type { ProveTask } from '../protocol/task.ts'
import { metricNamed, type Metric } from '../run/metric.ts'
import { ExperimentError } from './experimentError.ts'
import { isHopeless } from './stopping/hopeless.ts'
import { epochsOfFit, type TrainedEpoch, type Training } from './training.ts'

/** Seconds of the proof of a training that needs one only for the value of its network. */
const SECONDS_FOR_VALUE = 1

/**
 * The metric by which trainings are compared with a first one, the baseline: that of the last epoch where `fit` reports
 * it, else the one of a proof, as for a program that calls `evaluate` after `fit`.
 */
export class Comparison {
  readonly metric: Metric
  /** The baseline's value; null where there is no baseline. */
  readonly baseline: number | null
  /** What the metric may lose; 0 where there is no baseline. */
  readonly tolerance: number
  /** How much the metric of equal networks differs; null where there is no baseline, or it has too few epochs. */
  readonly noise: Noise | null
  readonly #isOfEpochs: boolean
  readonly #isOneFit: boolean

  /**
   * @param first a training with the proof: the baseline, or the first part of an early one
   * @param baselines trainings of the wide network, of which the first is the baseline; none where it is not known
   * @param name the metric that a person has chosen; null for the proof's
   * @throws ExperimentError when the trainings report no such metric.
   */
  constructor(first: Training, proof: Proof, baselines: readonly Training[], name: string | null) {
    const isProofs = name === null || name === proof.metric
    this.metric = isProofs ? { name: proof.metric, better: proof.better, isShare: proof.isShare } : metricNamed(name)
    // Behind `evaluate`, the proof's metric has the name that `fit` gives to the same metric of the training data.
    this.#isOfEpochs =
      (name !== null || proof.source === 'validation') && first.epochs.some((epoch) => this.#of(epoch) !== null)
    if (!this.#isOfEpochs && (!isProofs || proof.source === 'inputs')) throw new ExperimentError(whyNone(first, name))
    const [baseline] = baselines
    this.#isOneFit = baseline !== undefined && epochsOfFit(baseline) === baseline.epochs.length
    const values = baselines.map((training) => this.valueOf(training))
    this.baseline = values[0] ?? null
    this.noise = noiseBetween(
      baseline && this.#isOfEpochs ? baseline.epochs.flatMap((epoch) => this.#of(epoch) ?? []) : [],
      values.flatMap((value) => value ?? []),
    )
    this.tolerance = this.baseline === null ? 0 : tolerated(this.metric, this.baseline, this.noise?.value ?? 0)
  }

  /** The task of trainings that are compared: none where their epochs report the metric. */
  get task(): ProveTask | null {
    return this.#isOfEpochs ? null : { kind: 'prove', seconds: SECONDS_FOR_VALUE }
  }

  /** The metric at the end of a training; null where it was not reported, or is not finite. */
  valueOf({ epochs, state }: Training): number | null {
    const last = epochs.at(-1)
    return this.#isOfEpochs ? (last ? this.#of(last) : null) : (state.proof?.value ?? null)
  }

  /** Whether a value is as good as the baseline's; null where there is no baseline. */
  holds(value: number | null): boolean | null {
    if (this.baseline === null) return null
    return value !== null && holds(this.metric, this.baseline, value, this.tolerance)
  }

  /** Whether a value is better than each of some others by more than the metric may lose. */
  isBetter(value: number | null, others: readonly (number | null)[]): boolean {
    if (value === null) return false
    return others.every((other) => other === null || losesAgainst(this.metric, value, other) > this.tolerance)
  }

  /**
   * Whether the metric cannot reach a value that holds any more. Nothing is said of a program that calls `fit` several
   * times: what comes later may be of another kind.
   * @param epochs of the training so far
   * @param count how many it will have
   */
  isHopeless(epochs: readonly TrainedEpoch[], count: number): boolean {
    if (this.baseline === null || !this.#isOfEpochs || !this.#isOneFit) return false
    const sign = this.metric.better === 'higher' ? -1 : 1
    const needed = this.baseline + sign * this.tolerance
    const values = epochs.map((epoch) => this.#of(epoch))
    return isHopeless(this.metric, values, { epochs: count, needed, noise: this.noise?.value ?? 0 })
  }

  #of({ metrics }: TrainedEpoch): number | null {
    return Object.hasOwn(metrics, this.metric.name) ? (metrics[this.metric.name] ?? null) : null
  }
}

function whyNone({ epochs }: Training, name: string | null): string {
  const names = Object.keys(epochs.at(-1)?.metrics ?? {})
  const known = names.length === 0 ? 'The training reports none.' : `The training reports ${names.join(', ')}.`
  return name === null
    ? `Trainings cannot be compared: the script evaluates its model on no other data than those of the training. Name a metric with --metric to compare by it all the same. ${known}`
    : `There is no metric ${name}. ${known}`
}
