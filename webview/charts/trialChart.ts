import type { Theme } from '../ui/theme.ts'
import type { LineChart } from './lineChart.ts'

/** A chart of what was tried with a trained model: drawn anew when its data or the theme change. */
export abstract class TrialChart {
  protected abstract readonly chart: LineChart
  /** Null before the first `paint`. */
  protected theme: Theme | null = null

  /** The chart's element. */
  get element(): HTMLElement {
    return this.chart.element
  }

  /** Takes over the theme's colours. */
  paint(theme: Theme): void {
    this.theme = theme
    this.chart.paint(theme)
    this.draw()
  }

  /** Draws the data, if there are data and a theme. */
  protected abstract draw(): void
}
