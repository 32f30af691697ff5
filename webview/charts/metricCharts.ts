import { percent } from '../../src/presentation/numbers.ts'
import type { Series } from '../../src/run/series.ts'
import type { RunState } from '../../src/run/state.ts'
import { LineChart, type Line } from './lineChart.ts'
import { tableOverSteps, type NamedSeries } from './tables.ts'
import type { Theme } from '../ui/theme.ts'

/** Points of a curve up to which each is marked. */
const MAX_MARKED_POINTS = 60

/** Charts of the loss over steps and of the epochs' metrics; each is hidden while it has no curve. */
export class MetricCharts {
  readonly elements: HTMLElement[]
  readonly #loss = new LineChart({ heading: 'Loss', scale: { shares: false, format: short } })
  readonly #accuracy = new LineChart({ heading: 'Accuracy', scale: { shares: true, format: percent } })
  /** Metrics outside [0, 1], such as errors. */
  readonly #others = new LineChart({ heading: 'Other metrics', scale: { shares: false, format: short } })
  #theme: Theme | null = null

  constructor() {
    this.elements = [this.#loss.element, this.#accuracy.element, this.#others.element]
  }

  /** Takes over the theme's colours. */
  paint(theme: Theme): void {
    this.#theme = theme
    for (const chart of [this.#loss, this.#accuracy, this.#others]) chart.paint(theme)
  }

  /** Draws the run's curves. */
  update(run: RunState): void {
    const metrics = Object.entries(run.metrics)
    const steps: [string, Series][] = run.loss.x.length > 0 ? [['loss', run.loss]] : []
    const losses = metrics.filter(([name]) => /loss$/.test(name) && (name !== 'loss' || steps.length === 0))
    const shares = metrics.filter(([name, series]) => !/loss$/.test(name) && isShare(series))
    const others = metrics.filter(([name, series]) => !/loss$/.test(name) && !isShare(series))
    this.#draw(this.#loss, [...steps, ...losses])
    this.#draw(this.#accuracy, shares)
    this.#draw(this.#others, others)
  }

  #draw(chart: LineChart, curves: [string, Series][]): void {
    chart.element.hidden = curves.length === 0
    if (!this.#theme || curves.length === 0) return
    const { palette, foreground } = this.#theme
    const lines = curves.map(([name, series]): Line => {
      const validation = name.startsWith('val_')
      const pair = curves.filter(([other]) => !other.startsWith('val_')).map(([other]) => other)
      // A metric and its validation have neighbouring colours of the palette, and the validation is dashed.
      const at = Math.max(0, pair.indexOf(name.replace(/^val_/, ''))) * 2 + (validation ? 1 : 0)
      const color = palette[at % palette.length] ?? foreground
      // A line of one point would be invisible, and few points are hard to read without marks.
      return {
        key: name,
        name,
        series,
        color,
        thickness: 1.5,
        dashed: validation,
        points: series.x.length <= MAX_MARKED_POINTS,
      }
    })
    chart.showLegend(lines)
    chart.show(
      lines,
      () => words(lines),
      () => tableOverSteps(lines, short),
    )
  }
}

function isShare(series: Series): boolean {
  return series.y.every((value) => value === null || (value >= 0 && value <= 1))
}

function words(curves: readonly NamedSeries[]): string {
  const parts = curves.map(({ name, series }) => {
    const first = series.y.find((value) => value !== null)
    const last = series.y.findLast((value) => value !== null)
    if (first === undefined || first === null || last === undefined || last === null)
      return `${name} has no finite value`
    const broken = series.y.at(-1) === null ? ', not finite since' : ''
    return `${name} from ${short(first)} to ${short(last)}${broken}`
  })
  return `${parts.join('; ')}.`
}

/** A number with up to four significant digits. */
function short(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(4)).toString() : 'not finite'
}
