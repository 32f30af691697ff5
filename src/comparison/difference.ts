import type { RunState } from '../run/state.ts'
import { metricCurve, type ComparedMetric } from './comparedMetric.ts'
import { holds, noiseOf, tolerated } from './noise.ts'
import { intervalOfDifference, type Spread } from './spread.ts'

/** How much the metric of one network differs from that of the first. */
export interface Difference {
  /** Of the means: this network's less the first one's. */
  readonly mean: number
  /** 95 % interval, where runs were repeated and differ; else null. */
  readonly interval: { readonly low: number; readonly high: number } | null
  /**
   * What chance may do, where nothing was repeated: how much the metric moves from one epoch to the next, and at least
   * what right-sizing tolerates. Null where the interval says it.
   */
  readonly noise: number | null
  /** `alike`: no larger than chance explains. */
  readonly judgement: 'better' | 'worse' | 'alike'
}

/** One side of a difference. */
interface Side {
  readonly value: Spread
  readonly runs: readonly RunState[]
}

/** How the metric of a network differs from that of the first. */
export function differenceOf(metric: ComparedMetric, first: Side, second: Side): Difference {
  const mean = second.value.mean - first.value.mean
  const isBetter = metric.better === 'higher' ? mean > 0 : mean < 0
  const interval = intervalOfDifference(first.value, second.value)
  if (interval) {
    const isClear = interval.low > 0 || interval.high < 0
    return { mean, interval, noise: null, judgement: isClear ? (isBetter ? 'better' : 'worse') : 'alike' }
  }
  const noise = Math.max(...[...first.runs, ...second.runs].map((run) => noiseOf(metricCurve(run, metric))))
  const tolerance = tolerated(metric, first.value.mean, noise)
  const [worse, better] = [first.value.mean, second.value.mean]
  const isAlike = holds(metric, worse, better, tolerance) && holds(metric, better, worse, tolerance)
  return { mean, interval: null, noise: tolerance, judgement: isAlike ? 'alike' : isBetter ? 'better' : 'worse' }
}
