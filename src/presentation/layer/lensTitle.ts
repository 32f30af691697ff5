import type { VerdictKind } from '../../advice/verdictKind.ts'
import type { Measurement } from '../../protocol/measurement.ts'
import { EFFECTIVE_PER_FEATURE, isDependent, OBSERVATIONS_PER_FEATURE } from '../../run/sufficiency.ts'
import { number, percentRange, pluralise } from '../numbers.ts'
import { verdictWith } from './detail.ts'
import { STALE } from './stale.ts'
import type { LayerSummary } from './summary.ts'
import { countVerdicts } from './verdictWord.ts'

/** Flagged states have an icon and say so in words as well; a healthy layer is quiet. */
const ICONS: Partial<Record<VerdictKind, string>> = {
  'non-finite': '$(error)',
  dead: '$(circle-slash)',
  underused: '$(warning)',
  crowded: '$(flame)',
  settling: '$(watch)',
  provisional: '$(watch)',
  'warming up': '$(watch)',
}

/** Verdicts whose title ends with a width, or with the verdict where there is none. */
const WITH_WIDTH: ReadonlySet<VerdictKind> = new Set(['underused', 'crowded', 'settling'])

/** Title of the lens of one layer, with codicons; null when the layer has nothing to show. */
export function lensTitle(layer: LayerSummary): string | null {
  const title = plainTitle(layer)
  if (title === null) return null
  const icon = layer.stale ? '$(history)' : iconOf(layer)
  return icon ? `${icon} ${title}` : title
}

/** The same without icons. */
export function plainTitle(layer: LayerSummary): string | null {
  const words = join(stateOf(layer), provenBeside(layer)) || null
  return words !== null && layer.stale ? join(words, STALE) : words
}

/** Title of the lens of several layers; that of the only one with something to show, null when there is none. */
export function lensTitleOfSeveral(layers: readonly LayerSummary[]): string | null {
  const shown = layers.filter((layer) => stateOf(layer) !== null)
  const [first] = shown
  if (!first) return null
  if (shown.length === 1) return lensTitle(first)
  const count = `${shown.length} layers`
  const staleOnes = shown.filter((layer) => layer.stale).length
  if (staleOnes === shown.length) return join(`$(history) ${count}`, rangeOf(shown), STALE)
  const verdicts = shown.map(({ verdict }) => verdict)
  const counts = countVerdicts(verdicts, first.endedAt !== null)
  const icon = shown.map((layer) => (layer.verdict === counts[0]?.kind ? iconOf(layer) : undefined)).find(Boolean)
  return join(
    icon ? `${icon} ${count}` : count,
    rangeOf(shown),
    ...counts.map(({ count, word }) => `${count === shown.length ? 'all' : count} ${word}`),
    staleOnes > 0 ? `${staleOnes} stale` : null,
  )
}

/** What there is to say of the layer, its age apart; null when there is nothing. */
function stateOf(layer: LayerSummary): string | null {
  const { verdict, verdictWord, measurement: m, train, evaluation, evidence, measuredIn, stale, endedAt } = layer
  const saturated = train && `${train.percent} saturated${measuredIn === null ? '' : ` in ${measuredIn}`}`
  const dimensions = train && train.dimensions
  switch (verdict) {
    case 'not measured':
      // Pooling, Flatten, Dropout: a person expects no number, so none is missing.
      return layer.hasWeights ? `${verdictWord}: ${evidence}` : null
    case 'not trained':
      return join(evaluation && `${evaluation.percent} saturated in evaluation`, verdictWord)
    case 'warming up':
      return endedUnmeasured(layer) ? `${verdictWord}: the run ended first` : verdictWord
    case 'non-finite':
      return `${verdictWord} in ${pluralise(m?.rejected ?? 0, 'observation')}`
    case 'provisional': {
      const soFar = saturated && endedAt === null ? `${saturated} so far` : saturated
      return join(soFar, m ? `${verdictWord}, ${countOf(m)}` : verdictWord)
    }
    case 'dead':
      return join(dimensions, `${verdictWord}, its output does not vary`)
    case 'limited':
      return join(saturated, dimensions, verdictWord)
    case 'output':
      return join(saturated, dimensions, 'output layer')
    case 'underused':
    case 'crowded':
    case 'settling':
      return join(saturated, dimensions, stale ? null : widthWords(layer))
    case 'healthy':
      return join(saturated, dimensions)
  }
}

/** The proven width, where no verdict has it in its place. */
function provenBeside({ verdict, detail }: LayerSummary): string | null {
  return detail?.kind === 'proven' && !WITH_WIDTH.has(verdict) ? detail.words : null
}

/** A title has little room: a proof, an estimate or a narrowing says that the layer is underused. */
function widthWords({ verdictWord, detail }: LayerSummary): string {
  return detail === null || detail.kind === 'range' ? verdictWith(verdictWord, detail) : detail.words
}

function iconOf(layer: LayerSummary): string | undefined {
  // A person who narrowed a layer knows that it was too wide.
  return endedUnmeasured(layer) || layer.detail?.kind === 'narrowed' ? undefined : ICONS[layer.verdict]
}

/** How many observations there are, of those needed to judge. */
function countOf(m: Measurement): string {
  const { observations, effective = observations, width } = m
  return isDependent(m)
    ? `${pluralise(observations, 'observation')} count as about ${number(effective)} of ${number(EFFECTIVE_PER_FEATURE * width)}`
    : `${number(observations)} of ${pluralise(OBSERVATIONS_PER_FEATURE * width, 'observation')}`
}

function endedUnmeasured({ verdict, endedAt }: LayerSummary): boolean {
  return verdict === 'warming up' && endedAt !== null
}

function rangeOf(layers: readonly LayerSummary[]): string | null {
  const values = layers.flatMap(({ train }) => train?.saturation ?? [])
  return values.length === 0 ? null : percentRange(Math.min(...values), Math.max(...values))
}

function join(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ')
}
