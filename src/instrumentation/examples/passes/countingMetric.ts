import { metricNamed, type Metric } from '../../../run/metric.ts'

/**
 * The metric that counts: the first that is a share and the better the higher, as an accuracy; else the loss.
 * @param names of the model's metrics, the loss first
 */
export function countingMetric(names: readonly string[]): Metric {
  const metrics = names.map(metricNamed)
  return metrics.find(({ better, isShare }) => better === 'higher' && isShare) ?? metrics[0] ?? metricNamed('loss')
}
