import type { Verdict } from '../../advice/verdict.ts'
import { partnersOf, type Partners } from '../../model/partners.ts'
import type { LayerState } from '../../run/state.ts'

/** A width to try for an underused layer. */
export interface Advice {
  width: number
  /** What the layer's code calls its features. */
  unit: Unit
  /** Layers whose widths have to change with it; null where the layer is free. */
  partners: Partners | null
  /** `try 24 units`, `try 24 filters together with add_1's conv2d_3 and 1 more`. */
  words: string
}

export type Unit = 'units' | 'filters' | 'dimensions'

/** What a layer's features are called: as its code names its width, else dimensions. */
export function unitOf({ widthProperty }: Pick<LayerState, 'widthProperty'>): Unit {
  return widthProperty === null || widthProperty === 'outputDim' ? 'dimensions' : widthProperty
}

/** The advice that a verdict gives; null where it gives none. @param layers all layers of the run */
export function adviceOf(layer: LayerState, verdict: Verdict, layers: readonly LayerState[]): Advice | null {
  const { recommendedWidth: width } = verdict
  if (width === null) return null
  const unit = unitOf(layer)
  const partners = partnersOf(layers, layer.id)
  const words = `try ${width} ${unit}${partners ? ` together with ${partnersInWords(partners)}` : ''}`
  return { width, unit, partners, words }
}

/** What follows from a verdict, and why, in sentences; none where nothing does. */
export function explanationOf({ kind }: Verdict, advice: Advice | null): string[] {
  if (kind === 'crowded') return ['Nearly every dimension is in use: a wider layer may learn more.']
  if (kind === 'dead') return ['Every input gives the same output: nothing behind this layer can learn from it.']
  if (kind === 'non-finite') return ['A lower learning rate, or a look at the data, may help.']
  if (!advice) return []
  const { width, unit, partners } = advice
  const margin = `${width} ${unit} keep 99.9 % of the variance, with a margin.`
  if (!partners) return [margin]
  const where = partners.merge === null ? '' : ` by ${partners.merge}`
  return [
    margin,
    `Its output is merged${where} with that of ${partners.names.join(', ')}: their widths have to change together.`,
  ]
}

function partnersInWords({ names, merge }: Partners): string {
  const first = merge === null ? names[0] : `${merge}'s ${names[0]}`
  return names.length === 1 ? `${first}` : `${first} and ${names.length - 1} more`
}

/** Verdict and advice for a table's cell: `healthy`, `underused, try 24 units`. */
export function verdictAndAdvice(verdictWord: string, advice: string | null): string {
  return advice === null ? verdictWord : `${verdictWord}, ${advice}`
}
