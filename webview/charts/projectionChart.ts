import { metricValue, pointAt, projectionTable, smallestDelta } from '../../src/presentation/trials/projection.ts'
import type { Projected } from '../../src/protocol/trials/projection.ts'
import { LineChart, type Line } from './lineChart.ts'
import { TrialChart } from './trialChart.ts'

/** The metric over delta while all layers are projected, a line for each basis and one for the model as it is. */
export class ProjectionChart extends TrialChart {
  /** The deltas that were tried, rising: they stand at equal distances, because most of them are close to 1. */
  #deltas: readonly number[] = []
  #projected: Projected | null = null
  readonly #scale = {
    shares: true,
    format: (value: number) => (this.#projected ? metricValue(this.#projected, value) : String(value)),
    x: {
      // The first label names the axis.
      tick: (at: number) => (at === 0 ? this.#titleAt(at) : String(this.#deltas[at] ?? '')),
      title: (at: number) => this.#titleAt(at),
    },
  }
  protected readonly chart = new LineChart({ heading: 'Projected onto eigenspaces', scale: this.#scale })

  /** Draws a run's curves; hidden where nothing was projected. */
  update(projected: Projected | null): void {
    this.element.hidden = projected === null
    this.#projected = projected
    if (this.theme && projected && projected.isShare !== this.#scale.shares) {
      this.#scale.shares = projected.isShare
      this.chart.paint(this.theme)
    }
    this.draw()
  }

  #titleAt(at: number): string {
    return `delta ${this.#deltas[at] ?? ''}`
  }

  protected draw(): void {
    const [projected, theme] = [this.#projected, this.theme]
    if (!projected || !theme) return
    const together = projected.curves.filter(({ layer }) => layer === null)
    this.#deltas = [...new Set(together.flatMap(({ points }) => points.map(({ delta }) => delta)))].sort(
      (a, b) => a - b,
    )
    const x = this.#deltas.map((_, at) => at)
    const lines = together.map((curve, i): Line => ({
      key: curve.basis,
      name: curve.basis,
      series: { x, y: this.#deltas.map((delta) => pointAt(curve, delta)?.metric ?? null) },
      color: theme.palette[i % theme.palette.length] ?? theme.foreground,
      thickness: curve.basis === 'eigenspace' ? 2 : 1.5,
      points: true,
      onTop: curve.basis === 'eigenspace',
    }))
    const { metric } = projected.plain
    const asItIs: Line = {
      key: 'as it is',
      name: `${projected.metric} as it is`,
      series: { x, y: x.map(() => metric) },
      color: theme.muted,
      thickness: 1,
      dashed: true,
    }
    const all = [...lines, asItIs]
    this.chart.showLegend(all)
    const [first] = together
    const { head, rows } = projectionTable(projected)
    this.chart.show(
      all,
      () => (first ? smallestDelta(projected, first) : ''),
      () => ({ columns: [...head], rows: rows.map((row) => [...row]) }),
    )
  }
}
