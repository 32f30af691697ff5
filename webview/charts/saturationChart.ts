import { settledSince } from '../../src/advice/settled/settledSince.ts'
import { measuredLayers } from '../../src/advice/verdict.ts'
import type { Thresholds } from '../../src/advice/verdictKind.ts'
import { MARK_EXPLAINED, settledWhen } from '../../src/presentation/layer/settlingRange.ts'
import { number, percent } from '../../src/presentation/numbers.ts'
import { saturationOf, type RunState } from '../../src/run/state.ts'
import { LineChart, type Line } from './lineChart.ts'
import { tableOverCurves } from './tables.ts'
import { faded, layerColor, type Theme } from '../ui/theme.ts'

/** Layers named in the label for screen readers at most: a longer list is tiring, and the table has all. */
const MAX_NAMED = 8

/** Saturation of every layer over training steps. The rows of the layer list are its legend. */
export class SaturationChart {
  readonly #chart: LineChart
  #theme: Theme | null = null

  constructor(onPick: (layer: string) => void) {
    this.#chart = new LineChart({ heading: 'Saturation over steps', scale: { shares: true, format: percent }, onPick })
  }

  /** The chart's element. */
  get element(): HTMLElement {
    return this.#chart.element
  }

  /** Takes over the theme's colours. */
  paint(theme: Theme): void {
    this.#theme = theme
    this.#chart.paint(theme)
  }

  /** Draws the run's curves, one layer emphasised or all alike. */
  update(run: RunState, thresholds: Thresholds, selected: string | null): void {
    const theme = this.#theme
    if (!theme) return
    const layers = measuredLayers(run)
    const emphasised = layers.some((layer) => layer.id === selected)
    const crowd = layers.length > theme.palette.length
    const lines = layers.map((layer, index): Line => {
      const color = layerColor(theme, index, layers.length)
      const since = settledSince(layer, run.layers, thresholds)
      const line = { key: layer.id, name: layer.name, series: layer.history, ...(since ? { mark: since.step } : {}) }
      if (layer.id === selected) return { ...line, color, thickness: 3, onTop: true }
      if (emphasised) return { ...line, color: faded(color, crowd ? 0.18 : 0.35), thickness: 1 }
      return { ...line, color: crowd ? faded(color, 0.6) : color, thickness: crowd ? 1 : 1.5 }
    })
    const isMarked = lines.some(({ mark }) => mark !== undefined)
    this.#chart.showNote(isMarked ? MARK_EXPLAINED : '')
    this.#chart.show(
      lines,
      () => (isMarked ? `${words(run)} ${settledWords(run, thresholds)}` : words(run)),
      () => tableOverCurves(lines, percent),
    )
  }
}

/** Since when each layer has settled, for screen readers; of many layers, how many have. */
function settledWords(run: RunState, thresholds: Thresholds): string {
  const settled = measuredLayers(run).flatMap((layer) => {
    const since = settledSince(layer, run.layers, thresholds)
    return since ? [`${layer.name} since ${settledWhen(since)}`] : []
  })
  return settled.length > MAX_NAMED ? `${settled.length} layers have settled.` : `Settled: ${settled.join(', ')}.`
}

function words(run: RunState): string {
  const layers = measuredLayers(run)
  const known = layers.flatMap(({ name, train }) => {
    const saturation = saturationOf(train)
    return saturation === null ? [] : [{ name, saturation }]
  })
  if (known.length === 0) return 'No layer has been measured yet.'
  const until = run.progress ? ` at step ${number(run.progress.step)}` : ''
  if (known.length > MAX_NAMED) {
    const sorted = known.map(({ saturation }) => saturation).sort((a, b) => a - b)
    return `${known.length} layers${until} between ${percent(sorted[0] ?? 0)} and ${percent(sorted.at(-1) ?? 0)}.`
  }
  return `Latest${until}: ${known.map(({ name, saturation }) => `${name} ${percent(saturation)}`).join(', ')}.`
}
