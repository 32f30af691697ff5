import type { Measurement } from '../protocol/events.ts'
import { isSettled } from '../run/sufficiency.ts'
import { saturationOf, type LayerState, type RunState } from '../run/state.ts'
import { recommendedWidth } from './recommendedWidth.ts'

/** Saturations at which one verdict ends and the next begins; settings of the user. */
export interface Thresholds {
  /** Saturation below which a layer is underused. */
  underused: number
  /** Saturation above which a layer is crowded. */
  crowded: number
}

export const DEFAULT_THRESHOLDS: Thresholds = { underused: 0.3, crowded: 0.9 }

export type VerdictKind =
  | 'not measured'
  | 'not trained'
  | 'warming up'
  | 'non-finite'
  | 'provisional'
  | 'dead'
  | 'output'
  | 'underused'
  | 'crowded'
  | 'healthy'

export interface Verdict {
  kind: VerdictKind
  /** The latest train measurement, or the last settled one while the latest has too few observations. */
  measurement: Measurement | null
  /** k / width of the train split in [0, 1]; null while there is none. */
  saturation: number | null
  /**
   * For an underused layer whose code names its width: a width that keeps 99.9 % of the variance, with a margin. Null for
   * others, and where it would not be less than the present width.
   */
  recommendedWidth: number | null
}

/**
 * Judges a layer's width by its train split. A verdict does not fall back to provisional when an epoch begins a new
 * window.
 */
export function judge(layer: LayerState, thresholds: Thresholds = DEFAULT_THRESHOLDS): Verdict {
  const measurement = judgedBy(layer)
  const kind = kindOf(layer, measurement, thresholds)
  // A width can be recommended only where the code names it, and where the layer's own output was measured.
  const isFree = layer.widthProperty !== null && measurement?.width === layer.width
  return {
    kind,
    measurement,
    saturation: saturationOf(measurement),
    recommendedWidth: kind === 'underused' && measurement && isFree ? recommendedWidth(measurement) : null,
  }
}

function kindOf(layer: LayerState, m: Measurement | null, thresholds: Thresholds): VerdictKind {
  if (layer.notMeasured) return 'not measured'
  if (!m) return layer.eval ? 'not trained' : 'warming up'
  if (m.status === 'tooFew') return 'warming up'
  if (m.status === 'nonFinite') return 'non-finite'
  if (!isSettled(m)) return 'provisional'
  if (m.status === 'constant') return 'dead'
  if (layer.isOutput) return 'output'
  // Where k is an estimate, the bound that makes the verdict certain counts.
  const { low, high } = m.bounds ?? { low: m.k, high: m.k }
  if (high / m.width < thresholds.underused) return 'underused'
  // A layer of one dimension always uses all of it: nothing follows from that.
  if (m.width > 1 && low / m.width > thresholds.crowded) return 'crowded'
  return 'healthy'
}

function judgedBy({ train, settled }: LayerState): Measurement | null {
  return train && settled && train.status !== 'nonFinite' && !isSettled(train) ? settled : train
}

/** The layers a person can be shown a number for, in the order of the forward pass. */
export function measuredLayers(run: RunState): LayerState[] {
  return run.layers.filter((layer) => layer.notMeasured === null)
}

/** How many of a run's measured layers are underused. */
export function countUnderused(run: RunState, thresholds: Thresholds): number {
  return measuredLayers(run).filter((layer) => judge(layer, thresholds).kind === 'underused').length
}

/** Share of the layer's feature vectors that entered the covariance, in [0, 1]. */
export function sampledShare(measurement: Measurement): number {
  return measurement.seen === 0 ? 0 : measurement.observations / measurement.seen
}
