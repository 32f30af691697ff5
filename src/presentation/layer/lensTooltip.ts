import { sampledShare } from '../../advice/verdict.ts'
import type { Measurement } from '../../protocol/measurement.ts'
import { EFFECTIVE_PER_FEATURE, isDependent, OBSERVATIONS_PER_FEATURE } from '../../run/sufficiency.ts'
import { number, percent, pluralise } from '../numbers.ts'
import { plainTitle } from './lensTitle.ts'
import { STALE_EXPLAINED } from './stale.ts'
import type { LayerSummary } from './summary.ts'

/** Layers that the tooltip of a line with several lists. */
const MAX_LISTED = 12

/** Tooltip of the lens of one layer, plain text in lines. @param explained as `explainLayer` gives it */
export function lensTooltip(layer: LayerSummary, explained: readonly string[] = explainLayer(layer)): string {
  return [...explained, 'Click to see the layer in the panel.'].join('\n')
}

/** All that is said of one layer, plain text in lines: evidence, definition, advice, age. */
export function explainLayer(layer: LayerSummary): string[] {
  const { measurement, train } = layer
  const lines = [`${layer.name} (${layer.layerKind})`, layer.evidence]
  if (layer.stale) lines.push(STALE_EXPLAINED)
  if (measurement && train) lines.push(definitionOf(measurement), ...samplingOf(measurement, layer.reducedSampling))
  return [...lines, ...layer.explanation, ...layer.field, ...ageOf(layer)]
}

/** Tooltip of the lens of several layers, plain text in lines. @param listed as `listLayers` gives it */
export function lensTooltipOfSeveral(
  layers: readonly LayerSummary[],
  listed: readonly string[] = listLayers(layers),
): string {
  return [...listed, 'Click to choose one.'].join('\n')
}

/** A line for each of the first twelve layers, and how many more there are. */
export function listLayers(layers: readonly LayerSummary[]): string[] {
  const lines = layers.flatMap((layer) => {
    const title = plainTitle(layer)
    return title === null ? [] : [`${layer.name}: ${title}`]
  })
  const more = lines.length > MAX_LISTED ? [`and ${lines.length - MAX_LISTED} more`] : []
  return [...lines.slice(0, MAX_LISTED), ...more]
}

function definitionOf({ width, delta }: Measurement): string {
  return (
    `Saturation: the share of the layer's ${width} dimensions that are needed to hold ${percent(delta)} of its ` +
    "output's variance."
  )
}

function samplingOf(measurement: Measurement, reducedSampling: string | null): string[] {
  const share = sampledShare(measurement)
  return [
    ...(share > 0 && share < 1 ? [`${percent(share)} of what the layer produced was sampled.`] : []),
    ...(reducedSampling === null ? [] : [`To keep to its budget, monitoring takes ${reducedSampling}.`]),
  ]
}

function ageOf({ endedAt, newer, measuredIn }: LayerSummary): string[] {
  // The evidence says in which run.
  if (measuredIn !== null) return []
  if (endedAt !== null) return [`Last measured in the run that ended ${momentOf(endedAt)}.`]
  if (!newer) return []
  const { observations, effective = observations, width } = newer
  if (isDependent(newer)) {
    const counted = `${pluralise(observations, 'observation')} of the present one count as about ${number(effective)}`
    return [`Measured in the window before; the ${counted} of the ${number(EFFECTIVE_PER_FEATURE * width)} it takes.`]
  }
  const needed = pluralise(OBSERVATIONS_PER_FEATURE * width, 'observation')
  return [`Measured in the window before; the present one has ${number(observations)} of the ${needed} it takes.`]
}

function momentOf(time: number): string {
  return new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' })
}
