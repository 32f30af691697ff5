/** A metric by which networks are compared. */
export interface Metric {
  readonly name: string
  readonly better: 'higher' | 'lower'
  /** Whether its values are shares, of which a hundredth is a point. */
  readonly isShare: boolean
}

/** Metrics that are better when higher, by their usual names. The index of an output may be in front. */
const HIGHER =
  /(^|_)(acc|accuracy|\w*accuracy|auc|r2|r2score|precision|recall|f1|f1score|iou|meaniou|miou|dice|cosineproximity|cosine|top\w*)(_\d+)?$/i
/** Those that are shares, in [0, 1]. */
const SHARE =
  /(^|_)(acc|accuracy|\w*accuracy|auc|precision|recall|f1|f1score|iou|meaniou|miou|dice|r2|r2score|top\w*)(_\d+)?$/i

/** In front of the name of a metric of validation data. */
const VALIDATION = 'val_'

/**
 * The metric that counts: the first that is a share and the better the higher, as an accuracy; else the loss. Metrics
 * of validation data come before those of the training. Without any names it is the loss.
 */
export function countingMetric(names: readonly string[]): Metric {
  const validation = names.filter(isOfValidation)
  const metrics = (validation.length > 0 ? validation : names).map(metricNamed)
  const loss = metrics.find(({ name }) => name.replace(VALIDATION, '') === 'loss')
  return (
    metrics.find(({ better, isShare }) => better === 'higher' && isShare) ?? loss ?? metrics[0] ?? metricNamed('loss')
  )
}

/** Whether a metric is one of validation data. */
export function isOfValidation(name: string): boolean {
  return name.startsWith(VALIDATION)
}

/** What a name says of a metric: the higher the better for an accuracy and the like, else the lower. */
export function metricNamed(name: string): Metric {
  return { name, better: HIGHER.test(name) ? 'higher' : 'lower', isShare: SHARE.test(name) }
}
