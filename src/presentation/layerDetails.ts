import { coupledWith } from '../model/coupling.ts'
import { about, judge, percent, type Thresholds, type VerdictKind } from '../advice/verdict.ts'
import { saturationOf, type LayerState, type RunState } from '../run/state.ts'

/** A layer as its row shows it. */
export interface LayerWords {
  kind: VerdictKind
  /** Saturation of the train and the evaluation split in [0, 1]; null where there is none. */
  train: number | null
  evaluation: number | null
  /** `12 %`, or a dash. */
  percent: string
  /** k of width, `15/128`; empty where k is not defined. */
  dimensions: string
  verdict: string
  /** All of it in one sentence, for assistive technology and as a tooltip. */
  sentence: string
  /** What the verdict rests on and what to do, sentences. */
  details: string[]
}

/** What there is to say of a layer. */
export function layerWords(layer: LayerState, run: RunState, thresholds: Thresholds): LayerWords {
  const { kind, measurement, saturation: train, evidence, recommendedWidth } = judge(layer, thresholds)
  const evaluation = saturationOf(layer.eval)
  const units = layer.widthProperty === 'filters' ? 'filters' : 'units'
  const verdict = kind === 'warming up' && run.ended ? 'no data' : kind === 'non-finite' ? 'NaN or ∞' : kind
  const dimensions =
    measurement && train !== null
      ? `${measurement.bounds ? '≈ ' : ''}${measurement.k.toLocaleString('en')}/${measurement.width.toLocaleString('en')}`
      : ''

  const details = [evidence]
  if (recommendedWidth !== null && layer.widthProperty !== null) {
    const coupled = coupledWith(run.layers, layer.id)
    const along = coupled.length > 0 ? `, together with ${list(coupled)}, joined by an element-wise merge` : ''
    details.push(`Try ${recommendedWidth} ${units}${along}.`)
  }
  if (measurement && measurement.rejected > 0 && kind !== 'non-finite') {
    details.push(`${measurement.rejected.toLocaleString('en')} observations held NaN or infinity and were left out.`)
  }
  if (evaluation !== null) details.push(`Evaluation split: ${percent(evaluation)}.`)

  const number =
    train !== null && measurement
      ? `saturation ${about(measurement)}${percent(train)}, ${about(measurement)}${measurement.k.toLocaleString('en')} of ${measurement.width.toLocaleString('en')} dimensions, `
      : ''
  return {
    kind,
    train,
    evaluation,
    percent: train === null ? '–' : `${measurement?.bounds ? '≈ ' : ''}${percent(train)}`,
    dimensions,
    verdict,
    sentence: `${layer.name}, ${layer.kind}, ${number}${verdict}`,
    details,
  }
}

function list(names: string[]): string {
  const shown = names.slice(0, 3)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
