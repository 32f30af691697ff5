import type { Measurement } from '../protocol/events.ts'
import { isSettled, OBSERVATIONS_PER_FEATURE } from '../run/sufficiency.ts'
import { saturationOf, type LayerState, type RunState } from '../run/state.ts'
import { counted } from '../presentation/count.ts'
import { recommendedWidth } from './recommendedWidth.ts'

/** Where the lines between the verdicts are drawn; settings of the user. */
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
  /** What it rests on: the latest train measurement, or the last settled one while the latest has too few observations. */
  measurement: Measurement | null
  /** k / width of the train split in [0, 1]; null while there is none. */
  saturation: number | null
  /** What the verdict rests on, one sentence. */
  evidence: string
  /** For underused layers: a width that keeps 99.9 % of the variance and a margin; null when there is nothing to gain. */
  recommendedWidth: number | null
}

/**
 * What a run says about a layer's width. Judges the train split only. A verdict does not fall back to provisional when an
 * epoch begins a new window.
 */
export function judge(layer: LayerState, thresholds: Thresholds = DEFAULT_THRESHOLDS): Verdict {
  const m = judgedBy(layer)
  const verdict = (kind: VerdictKind, evidence: string, width: number | null = null): Verdict => ({
    kind,
    measurement: m,
    saturation: saturationOf(m),
    evidence,
    recommendedWidth: width,
  })
  if (layer.notMeasured) return verdict('not measured', layer.notMeasured)
  if (!m && layer.eval) return verdict('not trained', 'Only evaluations have been measured: no training step so far.')
  if (!m) return verdict('warming up', 'No training step has been measured yet.')
  if (m.status === 'tooFew') return verdict('warming up', 'There are fewer than two observations so far.')
  if (m.status === 'nonFinite') {
    return verdict(
      'non-finite',
      `${counted(m.rejected, 'observation')} held NaN or infinity and ${m.rejected === 1 ? 'was' : 'were'} left out.`,
    )
  }
  const observations = `${counted(m.observations, 'observation')}${reach(m)}`
  if (!isSettled(m)) {
    return verdict(
      'provisional',
      `Only ${observations}; ${OBSERVATIONS_PER_FEATURE} for each of ${counted(m.width, 'dimension')} are needed to judge.`,
    )
  }
  if (m.status === 'constant') return verdict('dead', `The output did not vary over ${observations}.`)
  const share = [
    `${m.bounds ? 'About ' : ''}${m.k.toLocaleString('en')} of ${m.width.toLocaleString('en')} dimensions hold ${percent(m.delta)} of the variance, over ${observations}.`,
    ...(m.bounds ? [estimated(m.bounds)] : []),
  ].join(' ')
  if (layer.isOutput) return verdict('output', `${share} The output layer's width is set by the task.`)
  // Where k is an estimate, what is certain counts.
  const { low, high } = m.bounds ?? { low: m.k, high: m.k }
  if (high / m.width < thresholds.underused)
    return verdict('underused', share, m.width === layer.width ? recommendedWidth(m) : null)
  // One dimension is always used whole: nothing follows from that.
  if (m.width > 1 && low / m.width > thresholds.crowded) return verdict('crowded', share)
  return verdict('healthy', share)
}

/** Over which training steps a measurement's window reaches, in words that follow others; empty where a log does not say. */
function reach({ steps }: Measurement): string {
  if (!steps) return ''
  const { first, last, epochs } = steps
  const number = (value: number): string => value.toLocaleString('en')
  const where = first === last ? `step ${number(last)}` : `steps ${number(first)}–${number(last)}`
  return ` in ${where}${epochs > 1 ? ` (${number(epochs)} epochs)` : ''}`
}

/** `about `, where k is an estimate. */
export function about({ bounds }: Pick<Measurement, 'bounds'>): string {
  return bounds ? 'about ' : ''
}

/** How well an estimate is known, one sentence. */
function estimated({ low, high }: { low: number; high: number }): string {
  return `The number is estimated from a sketch of the covariance and lies between ${low} and ${high}.`
}

function judgedBy({ train, settled }: LayerState): Measurement | null {
  return train && settled && train.status !== 'nonFinite' && !isSettled(train) ? settled : train
}

/** The layers a person can be shown a number for, in the order of the forward pass. */
export function measuredLayers(run: RunState): LayerState[] {
  return run.layers.filter((layer) => layer.notMeasured === null)
}

/** Share of the layer's feature vectors that entered the covariance, in [0, 1]. */
export function sampledShare(measurement: Measurement): number {
  return measurement.seen === 0 ? 0 : measurement.observations / measurement.seen
}

/** A share as a person reads it: `12 %`, `0.4 %`, `99.9 %`, `< 0.1 %`. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.05) return '< 0.1 %'
  const digits = value === Math.round(value) || (value >= 1 && value < 99) ? 0 : 1
  return `${value.toFixed(digits)} %`
}
