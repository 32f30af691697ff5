import type { Measurement } from '../protocol/measurement.ts'
import { isDependent, isSufficient } from '../run/sufficiency.ts'
import type { LayerState } from '../run/state.ts'
import { mayNeedWidth } from './crowding.ts'
import { isLimited } from './limits.ts'
import { settlingOf } from './settling.ts'

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
  | 'settling'
  | 'underused'
  | 'limited'
  | 'crowded'
  | 'healthy'

/** Judges a layer by its own numbers. */
export function verdictKind(layer: LayerState, thresholds: Thresholds): VerdictKind {
  const m = judgedBy(layer)
  if (layer.notMeasured) return 'not measured'
  if (!m) return layer.eval ? 'not trained' : 'warming up'
  if (m.status === 'tooFew') return 'warming up'
  if (m.status === 'nonFinite') return 'non-finite'
  if (!isSufficient(m) && !isDependent(m)) return 'provisional'
  if (m.status === 'constant') return 'dead'
  if (layer.isOutput) return 'output'
  // Where k is an estimate, the bound that makes the verdict certain counts.
  const { low, high } = m.bounds ?? { low: m.k, high: m.k }
  const isUnderused = high / m.width < thresholds.underused
  if (isUnderused && isLimited(layer, low, m.width)) return 'limited'
  // The verdicts above are true of the examples there are; those below would have to be true of others as well.
  if (!isSufficient(m)) return 'provisional'
  const { settled } = settlingOf(layer)
  if (isUnderused) return settled ? 'underused' : 'settling'
  if (low / m.width > thresholds.crowded && mayNeedWidth(layer, m)) return settled ? 'crowded' : 'settling'
  return 'healthy'
}

/** The measurement that a verdict rests on: the latest, or the last sufficient one; where none is, that of an earlier run. */
export function judgedBy({ train, sufficient, before }: LayerState): Measurement | null {
  if (!train) return before
  return sufficient && train.status !== 'nonFinite' && !isSufficient(train) ? sufficient : train
}
