import { verdictWith } from './detail.ts'
import { STALE_EXPLAINED, STALE_VERDICT } from './stale.ts'
import type { LayerSummary } from './summary.ts'

/** What a layer's row of the panel says, beside name and kind. */
export interface PanelRow {
  /** `12 %`, or a dash. */
  percent: string
  /** k of width, `15/128`; empty where k is not defined. */
  dimensions: string
  /** `104 of 320 units keep val_acc 98.6 % (−0.1)`; empty where no proof narrows the layer. */
  proven: string
  /** `underused`; that the code was edited since, where it was. */
  verdict: string
  /** All of it in one sentence, for assistive technology and as a tooltip. */
  sentence: string
  /** What the verdict rests on and what to do, sentences. */
  details: string[]
}

/** The words of a layer's row. */
export function panelRow({ name, layerKind, train, proven, measuredIn, ...layer }: LayerSummary): PanelRow {
  const { evidence, explanation, field, evaluation, verdictWord, detail } = layer
  // An estimate stands among the details, in a sentence of its own.
  const verdict = layer.stale ? STALE_VERDICT : verdictWord
  const beside = detail?.kind === 'estimate' ? null : detail
  const where = measuredIn === null ? '' : ` in ${measuredIn}`
  const measured = train ? `saturation ${train.percent}, ${train.dimensions}${where}, ` : ''
  return {
    percent: train?.shortPercent ?? '–',
    dimensions: train?.shortDimensions ?? '',
    proven: proven?.words ?? '',
    verdict,
    sentence: `${name}, ${layerKind}, ${measured}${verdictWith(verdict, beside)}`,
    details: [
      evidence,
      ...(layer.stale ? [STALE_EXPLAINED] : []),
      ...explanation,
      ...field,
      ...(evaluation === null ? [] : [`Evaluation split: ${evaluation.percent}.`]),
    ],
  }
}
