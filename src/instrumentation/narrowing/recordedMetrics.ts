import { meanOf, type Evaluation } from '../examples/evaluation.ts'
import type { FittedModel } from '../examples/fittedModel.ts'

/** Deviation of an accuracy beyond rounding. */
const ACCURACY_TOLERANCE = 1e-3
/** Deviation of a loss, as a share of it, beyond what batches of other sizes bring. */
const LOSS_TOLERANCE = 0.01

/**
 * Compares the metrics of a network whose weights were put in with those that its run has recorded.
 * @returns a sentence where they differ; null where they agree, or cannot be compared.
 */
export function differsFromRecorded(
  { source, isCut }: FittedModel,
  evaluation: Evaluation,
  recorded: Readonly<Record<string, number>>,
): string | null {
  if (source !== 'validation' || isCut || evaluation.by !== 'metrics') return null
  for (const name of evaluation.names) {
    const before = recorded[`val_${name}`]
    // Other metrics than these are not the mean of those of single examples.
    const isAccuracy = /acc(uracy)?(_\d+)?$/i.test(name)
    if (before === undefined || !(isAccuracy || name === evaluation.loss)) continue
    const [deciding, reporting] = [evaluation.run('deciding'), evaluation.run('reporting')]
    const [a, b] = [evaluation.examplesOf('deciding'), evaluation.examplesOf('reporting')]
    const now = (a * meanOf(deciding, name) + b * meanOf(reporting, name)) / (a + b)
    const tolerance = isAccuracy ? ACCURACY_TOLERANCE : LOSS_TOLERANCE * Math.abs(before)
    if (Math.abs(now - before) > tolerance)
      return `val_${name} is ${shown(now, isAccuracy)} with the weights of the earlier run, which has recorded ${shown(before, isAccuracy)}: the script’s validation data differ between its runs.`
  }
  return null
}

const shown = (value: number, isShare: boolean): string =>
  isShare ? `${(100 * value).toFixed(1)} %` : String(Number(value.toPrecision(4)))
