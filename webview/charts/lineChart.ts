import { Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from 'chart.js'
import { chartOptions, type Scale } from './chartOptions.ts'
import { DataTable } from './dataTable.ts'
import { element, setAttribute, setText } from '../ui/dom.ts'
import type { NamedSeries, Table } from './tables.ts'
import type { Theme } from '../ui/theme.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip)

/** Points drawn in one chart at most, over all lines: a canvas redraws so many within a few frames. */
const MAX_POINTS = 40_000
/** Pixels. */
const MARK_RADIUS = 4
/** Milliseconds between two changes of the label for assistive technology. */
const LABEL_INTERVAL_MS = 5000

/** A curve and how it is drawn. */
export interface Line extends NamedSeries {
  /** Tells lines apart over updates. */
  key: string
  color: string
  /** Pixels. */
  thickness: number
  dashed?: boolean
  /** Draws the points, for curves of few. */
  points?: boolean
  /** Drawn above the others. */
  onTop?: boolean
  /** A place on the horizontal axis at which a larger point is drawn. */
  mark?: number
}

/** What a line chart is made with. */
export interface LineChartOptions {
  heading: string
  scale: Scale
  /** Called with the key of the line that was clicked nearest to. */
  onPick?: (key: string) => void
}

/** Curves over training steps on a canvas, with a label and a table for those who cannot see it. */
export class LineChart {
  readonly element: HTMLElement
  readonly #canvas = element('canvas', { attributes: { role: 'img' } })
  readonly #legend = element('ul', { class: 'legend', attributes: { 'aria-hidden': 'true' } })
  readonly #note = element('p', { class: 'remark' })
  readonly #table: DataTable
  readonly #options: LineChartOptions
  #chart: Chart<'line'> | null = null
  #keys: string[] = []
  #labelledAt = -Infinity

  constructor(options: LineChartOptions) {
    this.#options = options
    this.#table = new DataTable(options.heading)
    this.#note.hidden = true
    this.element = element('section', { class: 'chart' }, [
      element('h2', { text: options.heading }),
      this.#legend,
      element('div', { class: 'canvas' }, [this.#canvas]),
      this.#note,
      this.#table.element,
    ])
  }

  /** Takes over the theme's colours; each line has its own. */
  paint(theme: Theme): void {
    const onClick = (key: number) => {
      const picked = this.#keys[key]
      if (picked !== undefined) this.#options.onPick?.(picked)
    }
    const options = chartOptions(theme, this.#options.scale, this.#options.onPick ? onClick : null)
    if (this.#chart) this.#chart.options = options
    else this.#chart = new Chart(this.#canvas, { type: 'line', data: { datasets: [] }, options })
  }

  /** Draws the lines. `words` describes them in a sentence. */
  show(lines: readonly Line[], words: () => string, table: () => Table): void {
    if (!this.#chart) return
    const every = Math.max(1, Math.ceil(lines.reduce((sum, { series }) => sum + series.x.length, 0) / MAX_POINTS))
    this.#keys = lines.map((line) => line.key)
    this.#chart.data.datasets = lines.map((line) => dataset(line, every))
    this.#chart.update('none')
    this.#table.update(table)
    if (performance.now() - this.#labelledAt > LABEL_INTERVAL_MS) {
      this.#labelledAt = performance.now()
      setAttribute(this.#canvas, 'aria-label', `${this.#options.heading}. ${words()}`)
    }
  }

  /** Shows a sentence below the chart; none where it is empty. */
  showNote(text: string): void {
    this.#note.hidden = text === ''
    setText(this.#note, text)
  }

  /** Shows a legend below the heading, for charts whose lines are named nowhere else. */
  showLegend(lines: readonly Line[]): void {
    const entries = lines.map((line) => {
      const sample = element('span', { class: line.dashed ? 'sample dashed' : 'sample' })
      sample.style.borderColor = line.color
      return element('li', {}, [sample, document.createTextNode(line.name)])
    })
    this.#legend.replaceChildren(...entries)
  }
}

function dataset(line: Line, every: number) {
  const data = points(line.series, every)
  const marked = line.mark === undefined ? -1 : data.findIndex(({ x }) => x >= line.mark!)
  const radius = line.points ? 2.5 : 0
  return {
    label: line.name,
    data,
    borderColor: line.color,
    borderWidth: line.thickness,
    borderDash: line.dashed ? [5, 3] : [],
    pointRadius: marked < 0 ? radius : data.map((_, at) => (at === marked ? MARK_RADIUS : radius)),
    pointHoverRadius: 3.5,
    pointHitRadius: 0,
    pointBackgroundColor: line.color,
    pointBorderWidth: 0,
    order: line.onTop ? -1 : 0,
  }
}

/** Every `every`th point and the last; a value that is not finite breaks the line. */
function points({ x, y }: NamedSeries['series'], every: number): { x: number; y: number }[] {
  const kept: { x: number; y: number }[] = []
  for (let i = 0; i < x.length; i++) {
    if (i % every === 0 || i === x.length - 1) kept.push({ x: x[i] ?? 0, y: y[i] ?? NaN })
  }
  return kept
}
