import type { Measurement } from '../protocol/measurement.ts'
import { saturationOf, type LayerState, type RunState } from '../run/state.ts'
import { groupWidth } from './groupWidth.ts'
import { narrowedFrom } from './narrowedFrom.ts'
import { DEFAULT_THRESHOLDS, judgedBy, verdictKind, type Thresholds, type VerdictKind } from './verdictKind.ts'

export interface Verdict {
  kind: VerdictKind
  /** The latest train measurement, or the last sufficient one while the latest has too few observations. */
  measurement: Measurement | null
  /** k / width of the train split in [0, 1]; null while there is none. */
  saturation: number | null
  /**
   * For an underused layer whose code names its width: about how many of its features are used, an estimate; of layers
   * that have to have one width, the largest that one of them uses. Null for others, where it would not be less than
   * the present width, where the width is given or may be needed elsewhere, where another layer needs it, and where the
   * layer has been narrowed already.
   */
  recommendedWidth: number | null
}

/**
 * Judges a layer's width by its train split. A verdict does not fall back to provisional when an epoch begins a new
 * window.
 * @param layers all layers of the run; those that have to have the same width decide on it together.
 */
export function judge(
  layer: LayerState,
  thresholds: Thresholds = DEFAULT_THRESHOLDS,
  layers: readonly LayerState[] = [layer],
): Verdict {
  const measurement = judgedBy(layer)
  const kind = verdictKind(layer, thresholds)
  // A width can be recommended only where the code names it, and where the layer's own output was measured.
  const isFree = layer.widthProperty !== null && measurement?.width === layer.width
  return {
    kind,
    measurement,
    saturation: saturationOf(measurement),
    recommendedWidth: kind === 'underused' && isFree ? groupWidth(layer, layers, thresholds) : null,
  }
}

/** The layers a person can be shown a number for, in the order of the forward pass. */
export function measuredLayers(run: RunState): LayerState[] {
  return run.layers.filter((layer) => layer.notMeasured === null)
}

/** How many of a run's measured layers are underused; a layer that was narrowed on purpose is none of them. */
export function countUnderused(run: RunState, thresholds: Thresholds): number {
  return measuredLayers(run).filter(
    (layer) => judge(layer, thresholds).kind === 'underused' && narrowedFrom(layer) === null,
  ).length
}

/** Share of the layer's feature vectors that entered the covariance, in [0, 1]. */
export function sampledShare(measurement: Measurement): number {
  return measurement.seen === 0 ? 0 : measurement.observations / measurement.seen
}
