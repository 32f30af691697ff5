import { probedNetwork, type ProbedNetwork } from '../../src/comparison/contribution/tail.ts'
import { percent } from '../../src/presentation/numbers.ts'
import { PROBE_HEADING, probeTable, tailWords } from '../../src/presentation/trials/probe.ts'
import type { RunState } from '../../src/run/state.ts'
import { LineChart } from './lineChart.ts'
import { probeLines } from './probeLines.ts'
import { TrialChart } from './trialChart.ts'

/** Quality of probes and saturation over the layers, in the order of the forward pass; the tail is paler. */
export class ProbeChart extends TrialChart {
  #network: ProbedNetwork | null = null
  readonly #scale = {
    shares: true,
    format: (value: number) => (this.#network?.metric === 'R²' ? value.toFixed(2) : percent(value)),
    x: {
      tick: (at: number) => (Number.isInteger(at) ? (this.#network?.layers[at]?.name ?? '') : ''),
      title: (at: number) => this.#network?.layers[at]?.name ?? '',
    },
  }
  protected readonly chart = new LineChart({ heading: PROBE_HEADING, scale: this.#scale })

  /** Draws a run's probes; hidden where there are none. */
  update(run: Pick<RunState, 'probe' | 'layers'>): void {
    this.#network = probedNetwork(run)
    this.element.hidden = this.#network === null
    this.draw()
  }

  protected draw(): void {
    const [network, theme] = [this.#network, this.theme]
    if (!network || !theme) return
    const { lines, legend } = probeLines(network, theme)
    this.chart.showLegend(legend)
    const { head, rows } = probeTable(network)
    this.chart.show(
      lines,
      () => tailWords(network).join(' ') || `${network.layers.length} layers are probed.`,
      () => ({ columns: [...head], rows: rows.map((row) => [...row]) }),
    )
  }
}
