import { counted } from './count.ts'
import { percent, sampledShare } from '../advice/verdict.ts'
import type { Measurement } from '../protocol/events.ts'
import { OBSERVATIONS_PER_FEATURE } from '../run/sufficiency.ts'
import type { ShownLayer } from './layerView.ts'
import { featuresOf, titleOf } from './lensTitle.ts'

/** Tooltip of the lens of one layer, plain text in lines: evidence, definition, advice, age. */
export function tooltipOf(shown: ShownLayer): string {
  const { layer, verdict } = shown
  const lines = [`${layer.name} (${layer.kind})`, verdict.evidence]
  if (shown.stale)
    lines.push('The definition was edited since the run started: the numbers belong to what it was then.')
  const m = verdict.measurement
  if (m && verdict.saturation !== null) lines.push(...definitionOf(m), ...sampling(m, shown.thinned))
  lines.push(...advice(shown), ...age(shown), 'Click to see the layer in the panel.')
  return lines.join('\n')
}

/** Tooltip of the lens of several layers: a line for each, of at most twelve. */
export function tooltipOfSeveral(layers: readonly ShownLayer[]): string {
  const lines = layers.flatMap((shown) => {
    const title = titleOf(shown)
    return title === null ? [] : [`${shown.layer.name}: ${withoutIcons(title)}`]
  })
  const more = lines.length > 12 ? [`and ${lines.length - 12} more`] : []
  return [...lines.slice(0, 12), ...more, 'Click to choose one.'].join('\n')
}

/** A title where codicons are not drawn. */
function withoutIcons(title: string): string {
  return title.replace(/\$\([\w~-]+\) /g, '')
}

function definitionOf(m: Measurement): string[] {
  return [
    `Saturation: the share of the layer's ${m.width} dimensions that are needed to hold ${percent(m.delta)} of its ` +
      "output's variance.",
  ]
}

function sampling(measurement: Measurement, thinned: string | null): string[] {
  const share = sampledShare(measurement)
  const lines = share > 0 && share < 1 ? [`${percent(share)} of what the layer produced was sampled.`] : []
  return thinned === null ? lines : [...lines, `To keep to its budget, monitoring takes ${thinned}.`]
}

function advice({ layer, verdict, partners, stale }: ShownLayer): string[] {
  const { kind, recommendedWidth: width } = verdict
  if (stale) return []
  if (kind === 'crowded') return ['Nearly every dimension is in use: a wider layer may learn more.']
  if (kind === 'dead') return ['Every input gives the same output: nothing behind this layer can learn from it.']
  if (kind === 'non-finite') return ['A lower learning rate, or a look at the data, may help.']
  if (kind !== 'underused' || width === null) return []
  const lines = [`${width} ${featuresOf(layer)} keep 99.9 % of the variance, with a margin.`]
  if (partners) {
    const where = partners.merge === null ? '' : ` by ${partners.merge}`
    const others = partners.names.join(', ')
    lines.push(`Its output is merged${where} with that of ${others}: their widths have to change together.`)
  }
  return lines
}

function age({ verdict, endedAt, layer: { train } }: ShownLayer): string[] {
  if (endedAt !== null) return [`Last measured in the run that ended ${moment(endedAt)}.`]
  if (!train || verdict.measurement === train) return []
  const needed = counted(OBSERVATIONS_PER_FEATURE * train.width, 'observation')
  const sofar = train.observations.toLocaleString('en')
  return [`Measured in the window before; the present one has ${sofar} of the ${needed} it takes.`]
}

function moment(time: number): string {
  return new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' })
}
