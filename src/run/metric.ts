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

/** What a name says of a metric: the higher the better for an accuracy and the like, else the lower. */
export function metricNamed(name: string): Metric {
  return { name, better: HIGHER.test(name) ? 'higher' : 'lower', isShare: SHARE.test(name) }
}
