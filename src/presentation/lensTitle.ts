import { counted } from './count.ts'
import { about, percent, type VerdictKind } from '../advice/verdict.ts'
import { OBSERVATIONS_PER_FEATURE } from '../run/sufficiency.ts'
import { saturationOf, type LayerState } from '../run/state.ts'
import type { Partners } from '../model/partners.ts'
import type { ShownLayer } from './layerView.ts'

const STALE = 'stale, edited since'

/** Flagged states have an icon and say so in words as well; a healthy layer is quiet. */
const ICONS: Partial<Record<VerdictKind, string>> = {
  'non-finite': '$(error)',
  dead: '$(circle-slash)',
  underused: '$(warning)',
  crowded: '$(flame)',
  provisional: '$(watch)',
  'warming up': '$(watch)',
}

/** States worth a count in the title of several layers, the most urgent first, with the words for them. */
const COUNTED: readonly (readonly [VerdictKind, string])[] = [
  ['non-finite', 'with NaN or infinity'],
  ['dead', 'dead'],
  ['underused', 'underused'],
  ['crowded', 'crowded'],
  ['provisional', 'provisional'],
  ['warming up', 'warming up'],
  ['not trained', 'not trained'],
  ['not measured', 'not measured'],
]

/** Title of the lens of one layer, with codicons; null when the layer has nothing to show. */
export function titleOf(shown: ShownLayer): string | null {
  const words = wordsOf(shown)
  if (words === null) return null
  if (shown.stale) return `$(history) ${words} · ${STALE}`
  const icon = hasEndedUnmeasured(shown) ? undefined : ICONS[shown.verdict.kind]
  return icon ? `${icon} ${words}` : words
}

/** Title of the lens of several layers; that of the only one with something to show, null when there is none. */
export function titleOfSeveral(layers: readonly ShownLayer[]): string | null {
  const shown = layers.filter((layer) => wordsOf(layer) !== null)
  const [first] = shown
  if (!first) return null
  if (shown.length === 1) return titleOf(first)
  const count = `${shown.length} layers`
  const staleOnes = shown.filter((layer) => layer.stale).length
  if (staleOnes === shown.length) return join(`$(history) ${count}`, rangeOf(shown), STALE)
  const flags = COUNTED.map(([kind, word]) => ({
    kind,
    word,
    count: shown.filter((layer) => layer.verdict.kind === kind).length,
  })).filter((flag) => flag.count > 0)
  const icon = flags[0] && ICONS[flags[0].kind]
  return join(
    icon ? `${icon} ${count}` : count,
    rangeOf(shown),
    ...flags.map((flag) => (flag.count === shown.length ? `all ${flag.word}` : `${flag.count} ${flag.word}`)),
    staleOnes > 0 ? `${staleOnes} stale` : null,
  )
}

function wordsOf(shown: ShownLayer): string | null {
  const { layer, verdict, stale, endedAt } = shown
  const m = verdict.measurement
  if (verdict.kind === 'not measured') {
    // Pooling, Flatten, Dropout: nothing was expected of them, so nothing is missing.
    return layer.parameters === 0 ? null : `not measured: ${verdict.evidence}`
  }
  if (hasEndedUnmeasured(shown)) return 'not measured: the run ended first'
  if (verdict.kind === 'not trained') return evaluated(layer)
  if (!m || verdict.kind === 'warming up') return 'warming up'
  const saturated = `${about(m)}${percent(verdict.saturation ?? 0)} saturated`
  const dimensions = `${about(m)}${number(m.k)} of ${number(m.width)} dimensions`
  switch (verdict.kind) {
    case 'non-finite':
      return `NaN or infinity in ${counted(m.rejected, 'observation')}`
    case 'provisional': {
      const needed = OBSERVATIONS_PER_FEATURE * m.width
      const sofar = endedAt === null ? `${saturated} so far` : saturated
      return join(sofar, `provisional, ${number(m.observations)} of ${counted(needed, 'observation')}`)
    }
    case 'dead':
      return join(dimensions, 'dead, its output does not vary')
    case 'output':
      return join(saturated, dimensions, 'output layer')
    case 'underused':
      return join(saturated, dimensions, stale ? null : adviceOf(shown))
    case 'crowded':
      return join(saturated, dimensions, stale ? null : 'crowded')
    case 'healthy':
      return join(saturated, dimensions)
  }
}

/** Of a layer that is evaluated only. */
function evaluated({ eval: m }: LayerState): string {
  const share = saturationOf(m)
  return join(m && share !== null ? `${about(m)}${percent(share)} saturated in evaluation` : null, 'not trained')
}

function hasEndedUnmeasured({ verdict, endedAt }: ShownLayer): boolean {
  return verdict.kind === 'warming up' && endedAt !== null
}

function adviceOf({ layer, verdict, partners }: ShownLayer): string {
  if (verdict.recommendedWidth === null || layer.widthProperty === null) return 'underused'
  const advice = `try ${verdict.recommendedWidth} ${featuresOf(layer)}`
  return partners ? `${advice} together with ${partnersInWords(partners)}` : advice
}

/** What a layer's features are called in the code: units, filters, else dimensions. */
export function featuresOf({ widthProperty }: Pick<LayerState, 'widthProperty'>): string {
  return widthProperty === null || widthProperty === 'outputDim' ? 'dimensions' : widthProperty
}

function partnersInWords({ names, merge }: Partners): string {
  const first = merge === null ? names[0] : `${merge}'s ${names[0]}`
  return names.length === 1 ? `${first}` : `${first} and ${names.length - 1} more`
}

function rangeOf(layers: readonly ShownLayer[]): string | null {
  const values = layers.flatMap(({ verdict }) => verdict.saturation ?? [])
  if (values.length === 0) return null
  const [low, high] = [percent(Math.min(...values)), percent(Math.max(...values))]
  return low === high ? low : `${low.replace(/ %$/, '')}–${high}`
}

function join(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ')
}

function number(value: number): string {
  return value.toLocaleString('en')
}
