import type { Profile } from '../../comparison/sweep/profile.ts'
import type { Sweep, SweptNetwork } from '../../comparison/sweep/sweep.ts'
import { spreadValue } from '../../presentation/comparison/comparisonWords.ts'
import { percent } from '../../presentation/numbers.ts'
import { chanceWords } from '../../presentation/sweep/sweepWords.ts'
import { resultWords, sweepTable } from '../../presentation/sweep/sweepTable.ts'
import { escapeHtml, htmlPage, htmlTable, type Markup } from './page.ts'

const WIDTH = 240
const HEIGHT = 120
const TOP = 8
const BOTTOM = 8
/** Room for the numbers of the lines. */
const LEFT = 46

/** A sweep as a page: the profile of each network, all to one scale, and the table. @param words said in front of them */
export function sweepPage(title: string, sweep: Sweep, words: readonly (string | Markup)[]): string {
  const cells = sweep.networks.map((network) => networkMarkup(sweep, network))
  return htmlPage(title, [
    ...words,
    { markup: `<h2>Saturation of each layer, from input to output</h2><div style="${GRID}">${cells.join('')}</div>` },
    htmlTable(sweepTable(sweep)),
    ...chanceWords(sweep),
  ])
}

const GRID = 'display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 16rem)); gap: 0 1rem'

function networkMarkup({ metric }: Sweep, network: SweptNetwork): string {
  const { name, value, profile } = network
  const facts = [
    ...(metric && value ? [`${metric.name} ${spreadValue(metric, value)}`] : []),
    ...(profile.mean === null ? [] : [`mean ${percent(profile.mean)}`]),
    ...(profile.evenness === null ? [] : [`evenness ${percent(profile.evenness)}`]),
    ...(network.how === 'completed' ? [] : [resultWords(network)]),
  ]
  const caption = `<strong>${escapeHtml(name)}</strong><br>${escapeHtml(facts.join(' · '))}`
  return `<figure style="margin: .5rem 0">${profileMarkup(name, profile)}<figcaption>${caption}</figcaption></figure>`
}

/** Bars from 0 to 100 %, one for each layer; its name shows when the pointer is on it. */
function profileMarkup(name: string, { layers }: Profile): string {
  const step = (WIDTH - LEFT) / Math.max(1, layers.length)
  const y = (value: number): number => TOP + (1 - value) * (HEIGHT - TOP - BOTTOM)
  const lines = [0, 0.5, 1].map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}" stroke="var(--line)"/>` +
      `<text x="${LEFT - 5}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${percent(value)}</text>`,
  )
  const bars = layers.map(({ name: layer, saturation }, i) => {
    const title = `<title>${escapeHtml(layer)}: ${percent(saturation)}</title>`
    const [x, width] = [LEFT + (i + 0.15) * step, 0.7 * step].map((length) => length.toFixed(2))
    return `<rect x="${x}" width="${width}" y="${y(saturation).toFixed(2)}" height="${(y(0) - y(saturation)).toFixed(2)}" fill="var(--c0)">${title}</rect>`
  })
  const label = `Saturation profile of ${name}: ${layers.map((layer) => percent(layer.saturation)).join(', ')}`
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">${lines.join('')}${bars.join('')}</svg>`
}
