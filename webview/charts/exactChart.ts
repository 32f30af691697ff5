import { compareWithExact, type ComparedWithExact } from '../../src/comparison/exact/compareWithExact.ts'
import { percent } from '../../src/presentation/numbers.ts'
import { EXACT_CHART_HEADING, exactCells, exactSummary } from '../../src/presentation/trials/exact.ts'
import type { RunState } from '../../src/run/state.ts'
import { faded, type Theme } from '../ui/theme.ts'
import { LineChart, type Line } from './lineChart.ts'
import { TrialChart } from './trialChart.ts'

/** Fewest layers that a curve is drawn over; of one, the table says as much. */
const MIN_LAYERS = 2

/** Saturation that was measured online beside the exact one with its band, over the layers. */
export class ExactChart extends TrialChart {
  #compared: ComparedWithExact | null = null
  readonly #scale = {
    shares: true,
    format: percent,
    x: {
      tick: (at: number) => (Number.isInteger(at) ? (this.#compared?.layers[at]?.name ?? '') : ''),
      title: (at: number) => this.#compared?.layers[at]?.name ?? '',
    },
  }
  protected readonly chart = new LineChart({ heading: EXACT_CHART_HEADING, scale: this.#scale })

  /** Draws what a run has compared; hidden where that is less than two layers. */
  update(run: Pick<RunState, 'exact' | 'layers'>): void {
    this.#compared = compareWithExact(run)
    this.element.hidden = (this.#compared?.layers.length ?? 0) < MIN_LAYERS
    this.draw()
  }

  protected draw(): void {
    const [compared, theme] = [this.#compared, this.theme]
    if (!compared || !theme || compared.layers.length < MIN_LAYERS) return
    const lines = linesOf(compared, theme)
    const [from, , exact, online] = lines
    this.chart.showLegend([exact!, online!, { ...from!, name: '95 % band of the exact one' }])
    const { head, rows } = exactCells(compared)
    this.chart.show(
      lines,
      () => exactSummary(compared),
      () => ({ columns: [...head], rows: rows.map((row) => [...row]) }),
    )
  }
}

/** The ends of the band, the exact saturation, and the online one. */
function linesOf({ layers }: ComparedWithExact, theme: Theme): Line[] {
  const x = layers.map((_, at) => at)
  const line = (key: string, name: string, values: (number | null)[], color: string): Line => {
    return { key, name, series: { x, y: values }, color, thickness: 1 }
  }
  const grey = faded(theme.muted, 0.7)
  const share = (k: number | null, width: number) => (k === null ? null : k / width)
  const [blue, yellow] = [theme.palette[0] ?? theme.foreground, theme.palette[1] ?? theme.foreground]
  return [
    line(
      'low',
      'band from',
      layers.map(({ exact, width }) => share(exact.low, width)),
      grey,
    ),
    line(
      'high',
      'band to',
      layers.map(({ exact, width }) => share(exact.high, width)),
      grey,
    ),
    {
      ...line(
        'exact',
        'exact, at the last weights',
        layers.map(({ exact }) => exact.saturation),
        blue,
      ),
      ...{ thickness: 2, points: true },
    },
    {
      ...line(
        'online',
        'online',
        layers.map(({ online }) => online.saturation),
        yellow,
      ),
      ...{ thickness: 2, points: true, onTop: true },
    },
  ]
}
