import { escapeHtml, type Markup } from './page.ts'

/** A curve over the categories of a chart. */
export interface HtmlLine {
  readonly name: string
  /** One value in [0, 1] for each category; null breaks the line. */
  readonly values: readonly (number | null)[]
  /** Ends of an interval about each value. */
  readonly intervals?: readonly (readonly [number | null, number | null])[]
  /** Drawn as bars from zero. */
  readonly bars?: boolean
  readonly dashed?: boolean
}

/** A chart of shares over categories. */
export interface HtmlChart {
  readonly title: string
  readonly categories: readonly string[]
  readonly lines: readonly HtmlLine[]
  /** Categories behind the first of which the background is shaded, and the words for it. */
  readonly shaded?: { readonly from: number; readonly words: string } | null
}

const WIDTH = 900
const HEIGHT = 360
const LEFT = 48
const RIGHT = 12
const TOP = 28
const BOTTOM = 70
/** Characters of a category's name below the axis. */
const MAX_NAME = 16

/** Draws curves over categories, between 0 and 100 %, as SVG. */
export function htmlChart({ title, categories, lines, shaded }: HtmlChart): Markup {
  const step = (WIDTH - LEFT - RIGHT) / categories.length
  const x = (i: number): number => LEFT + (i + 0.5) * step
  const y = (value: number): number => TOP + (1 - Math.min(1, Math.max(0, value))) * (HEIGHT - TOP - BOTTOM)
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="var(--line)"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${100 * value} %</text>`,
  )
  const every = Math.ceil(categories.length / 30)
  const names = categories.map((name, i) =>
    i % every === 0
      ? `<text transform="translate(${x(i) + 4} ${HEIGHT - BOTTOM + 14}) rotate(-35)" text-anchor="end">${escapeHtml(shortened(name))}</text>`
      : '',
  )
  const shade =
    shaded && shaded.from < categories.length
      ? `<rect x="${x(shaded.from) - step / 2}" y="${TOP}" width="${(categories.length - shaded.from) * step}" height="${HEIGHT - TOP - BOTTOM}" fill="var(--muted)" opacity="0.15"/><text x="${WIDTH - RIGHT}" y="${TOP - 6}" text-anchor="end">${escapeHtml(shaded.words)}</text>`
      : ''
  const drawn = lines.map((line, i) => lineMarkup(line, `var(--c${i % 6})`, x, y, step))
  const legend = lines.map(
    ({ name }, i) =>
      `<tspan fill="var(--c${i % 6})"${i > 0 ? ' dx="14"' : ''}>■ </tspan><tspan>${escapeHtml(name)}</tspan>`,
  )
  const markup = `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${grid.join('')}${shade}${drawn.join('')}${names.join('')}<text x="${LEFT}" y="16">${legend.join('')}</text></svg><figcaption>${escapeHtml(title)}</figcaption></figure>`
  return { markup }
}

function lineMarkup(
  { values, intervals, bars, dashed }: HtmlLine,
  color: string,
  x: (i: number) => number,
  y: (value: number) => number,
  step: number,
): string {
  if (bars)
    return values
      .map((value, i) =>
        value === null
          ? ''
          : `<rect x="${x(i) - 0.3 * step}" y="${y(value)}" width="${0.6 * step}" height="${y(0) - y(value)}" fill="${color}" opacity="0.5"/>`,
      )
      .join('')
  let isOpen = false
  const path = values
    .map((value, i) => {
      const command = value === null ? '' : `${isOpen ? 'L' : 'M'}${x(i)} ${y(value)}`
      isOpen = value !== null
      return command
    })
    .join('')
  const marks = values.map((value, i) => {
    if (value === null || dashed) return ''
    const [low, high] = intervals?.[i] ?? [null, null]
    const whisker =
      low === null || high === null
        ? ''
        : `<line x1="${x(i)}" x2="${x(i)}" y1="${y(low)}" y2="${y(high)}" stroke="${color}"/>`
    return `${whisker}<circle cx="${x(i)}" cy="${y(value)}" r="3" fill="${color}"/>`
  })
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="2"${dashed ? ' stroke-dasharray="6 4"' : ''}/>${marks.join('')}`
}

function shortened(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name
}
