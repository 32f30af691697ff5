import type { ComparedNetwork, Comparison } from '../../comparison/compareRuns.ts'
import type { Difference } from '../../comparison/difference.ts'
import { areIdentical, type Spread } from '../../comparison/spread.ts'
import type { Metric } from '../../run/metric.ts'
import { number, percent, pluralise } from '../numbers.ts'
import { describeOverrides } from '../overrides.ts'
import { metricDifference, metricValue } from '../proof/proofWords.ts'

/** A metric of one run or several: `98.7 %`, `98.7 % ± 0.2`. */
export function spreadValue(metric: Metric, spread: Spread | null): string {
  const mean = metricValue(metric, spread?.mean ?? null)
  if (!spread || spread.deviation === null || areIdentical(spread)) return mean
  return `${mean} ± ${metricDifference(metric, spread.deviation).replace(/^[+±]/, '')}`
}

/** A difference with its interval where there is one: `−0.1`, `−0.1 (−0.4 to +0.2)`. */
export function differenceWords(metric: Metric, { mean, interval }: Difference): string {
  const difference = metricDifference(metric, mean)
  if (!interval) return difference
  return `${difference} (${metricDifference(metric, interval.low)} to ${metricDifference(metric, interval.high)})`
}

/** A difference as one word: `within noise`, `better`, `worse`. */
export function judgementWord({ judgement }: Difference): string {
  return judgement === 'alike' ? 'within noise' : judgement
}

/** How many parameters a network has beside another: `38 % fewer parameters`, `12 % more parameters`. */
export function parametersBeside(before: number, after: number): string {
  if (before === after || before === 0) return 'as many parameters'
  return `${percent(Math.abs(1 - after / before))} ${after < before ? 'fewer' : 'more'} parameters`
}

/** Milliseconds of a step: `1.4 ms`, `46 ms`. */
export function stepTime(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : number(Math.round(ms))} ms`
}

/** What has to be known to read a comparison, in sentences: on what the metric is measured, and how much chance may do. */
export function comparisonNotes(comparison: Comparison): string[] {
  const { metric, networks } = comparison
  if (!metric)
    return ['The runs report no metric that all of them have, so they are compared by size and layers alone.']
  return [...metricNotes(comparison), ...trainingNotes(networks), ...chanceNotes(comparison)]
}

function metricNotes({ metric }: Comparison): string[] {
  if (!metric) return []
  const { name, source, isOfOtherData } = metric
  if (source === 'steps')
    return [
      'loss is the mean of the last tenth of the training steps: it says nothing of examples that were not trained on.',
    ]
  if (!isOfOtherData)
    return [`${name} is measured on the data of the training: it says nothing of examples that were not trained on.`]
  return source === 'proof' ? [`${name} is measured after the training, on the data that the script evaluates on.`] : []
}

/** In what else than their layers the trainings differ. */
function trainingNotes([first, ...others]: readonly ComparedNetwork[]): string[] {
  if (!first) return []
  const differing = others.filter(({ steps }) => steps !== null && first.steps !== null && steps !== first.steps)
  const heirs = others.filter(({ inherits }) => inherits !== null && first.inherits === null)
  return [
    ...differing.map(({ name, steps }) => {
      return `${name} was trained for ${pluralise(steps ?? 0, 'step')}, ${first.name} for ${number(first.steps ?? 0)}.`
    }),
    ...(heirs.length === 0
      ? []
      : [
          `${heirs.map(({ name }) => name).join('; ')}: began with the weights of ${heirs[0]?.inherits}, so the training was longer than these steps.`,
        ]),
  ]
}

function chanceNotes({ metric, networks }: Comparison): string[] {
  if (!metric) return []
  const identical = networks.filter(({ value }) => value !== null && areIdentical(value))
  const seeded = identical.map(
    ({ name, runs }) =>
      `The ${number(runs)} runs of ${name} gave the same ${metric.name}: the script fixes its random numbers, so repeating it does not show what chance does.`,
  )
  const noises = networks.flatMap(({ difference }) => difference?.noise ?? [])
  const points = metric.isShare ? ' points' : ''
  const single =
    noises.length > 0
      ? [
          `One run against one run proves little: differences up to ${amount(metric, Math.max(...noises))}${points} count as noise here, and another start of the training may move ${metric.name} by more.`,
        ]
      : []
  const intervals = networks.some(({ difference }) => difference?.interval)
    ? ['± is the standard deviation over the runs; behind a difference stands its 95 % interval.']
    : []
  return [...seeded, ...single, ...intervals]
}

function amount(metric: Metric, value: number): string {
  return metricDifference(metric, value).replace(/^[+±]/, '')
}

/** How a network came about, below its table: `narrow: hidden2.units = 24`; null for one as the source has it, and where its name says it. */
export function networkOrigin({ name, overrides }: ComparedNetwork): string | null {
  const changes = describeOverrides(overrides)
  return changes === null || name.includes(changes.replaceAll(/\s/g, '')) ? null : `${name}: ${changes}`
}
