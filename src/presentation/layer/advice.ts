import { SETTLING_RULE } from './settlingRange.ts'
import type { Verdict } from '../../advice/verdict.ts'
import { partnersOf, type Partners } from '../../model/partners.ts'
import type { LayerState } from '../../run/state.ts'
import { number } from '../numbers.ts'

/** About how many of its features an underused layer uses: an estimate, which no training has proven. */
export interface Advice {
  width: number
  /** Layers whose widths have to change with it; null where the layer is free. */
  partners: Partners | null
  /** `about 104 of 320 used`. */
  words: string
}

type Unit = 'units' | 'filters' | 'dimensions'

/** What a layer's features are called: as its code names its width, else dimensions. */
export function unitOf({ widthProperty }: Pick<LayerState, 'widthProperty'>): Unit {
  return widthProperty === null || widthProperty === 'outputDim' ? 'dimensions' : widthProperty
}

/** The advice that a verdict gives; null where it gives none. @param layers all layers of the run */
export function adviceOf(layer: LayerState, verdict: Verdict, layers: readonly LayerState[]): Advice | null {
  const { recommendedWidth: width } = verdict
  if (width === null) return null
  const partners = partnersOf(layers, layer.id)
  return { width, partners, words: `about ${number(width)} of ${number(layer.width ?? 0)} used` }
}

/**
 * What follows from a verdict, and why, in sentences; none where nothing does.
 * @param isProven whether a width is proven, beside which the estimate is not worth a sentence
 */
export function explanationOf({ kind }: Verdict, advice: Advice | null, isProven = false): string[] {
  if (kind === 'settling') return [SETTLING_RULE]
  if (kind === 'crowded') return ['Nearly every dimension is in use: a wider layer may learn more.']
  if (kind === 'dead') return ['Every input gives the same output: nothing behind this layer can learn from it.']
  if (kind === 'non-finite') return ['A lower learning rate, or a look at the data, may help.']
  if (!advice) return []
  const { partners } = advice
  const words = advice.words.replace(/^a/, 'A')
  const sentence = `${words}: the square root of width · k at 99 % of the variance, an estimate that only a training proves.`
  const estimate = isProven ? [] : [sentence]
  if (!partners) return estimate
  const where = partners.merge === null ? '' : ` by ${partners.merge}`
  return [
    ...estimate,
    `Its output is merged${where} with that of ${partners.names.join(', ')}: their widths have to change together.`,
  ]
}
