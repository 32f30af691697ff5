import type { ChartOptions, Tick } from 'chart.js'
import { number } from '../../src/presentation/numbers.ts'
import type { Theme } from '../ui/theme.ts'

/** How a chart's axes read. */
export interface Scale {
  /** Shares in [0, 1] are drawn over the whole range and read as percent. */
  shares: boolean
  /** A value as a tooltip says it. */
  format: (value: number) => string
  /** How a place on the horizontal axis reads; training steps when missing. */
  x?: {
    /** Below the axis; empty where nothing is to be written. */
    tick: (value: number) => string
    /** Above the values of a tooltip. */
    title: (value: number) => string
  }
}

const STEPS: NonNullable<Scale['x']> = {
  tick: (value) => number(Math.round(value)),
  title: (value) => `Step ${number(value)}`,
}

/**
 * Options shared by all charts: no animation, and the colours of the editor's theme.
 * @param onPick called with the index of the line nearest to a click.
 */
export function chartOptions(
  theme: Theme,
  scale: Scale,
  onPick: ((index: number) => void) | null,
): ChartOptions<'line'> {
  const font = { family: theme.fontFamily, size: 11 }
  const ticks = { color: theme.muted, font, maxRotation: 0 }
  const grid = { color: theme.grid, lineWidth: 1, tickLength: 4 }
  const border = { color: theme.grid }
  const x = scale.x ?? STEPS
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    // Without a margin the point at the last step would be cut in half.
    clip: 4,
    layout: { padding: { top: 4, right: 6 } },
    interaction: { mode: 'nearest', axis: 'xy', intersect: false },
    onClick: (_event, hits) => {
      const index = hits[0]?.datasetIndex
      if (index !== undefined) onPick?.(index)
    },
    scales: {
      x: {
        type: 'linear',
        bounds: 'data',
        grid: { ...grid, drawOnChartArea: false },
        border,
        ticks: {
          ...ticks,
          precision: 0,
          maxTicksLimit: 6,
          callback: (value) => x.tick(Number(value)),
        },
        afterBuildTicks: (axis) => void (axis.ticks = withoutCrowdedEnd(axis.ticks, scale.x !== undefined)),
      },
      y: {
        type: 'linear',
        ...(scale.shares ? { min: 0, max: 1 } : { beginAtZero: true, grace: '5%' }),
        grid,
        border: { display: false },
        ticks: {
          ...ticks,
          maxTicksLimit: 5,
          ...(scale.shares ? { stepSize: 0.25, callback: (value) => `${Math.round(Number(value) * 100)} %` } : {}),
        },
      },
    },
    plugins: {
      tooltip: {
        displayColors: false,
        backgroundColor: theme.tooltip.background,
        titleColor: theme.tooltip.foreground,
        bodyColor: theme.tooltip.foreground,
        borderColor: theme.tooltip.border,
        borderWidth: 1,
        titleFont: font,
        bodyFont: font,
        callbacks: {
          title: (items) => (items[0] ? x.title(items[0].parsed.x ?? 0) : ''),
          label: (item) => `${item.dataset.label}: ${scale.format(item.parsed.y ?? NaN)}`,
        },
      },
    },
  }
}

/**
 * Leaves out one of the last two labels where they would crowd each other: Chart.js always puts one at the axis' end.
 * @param keepsEnd whether the last one stays
 */
function withoutCrowdedEnd(ticks: Tick[], keepsEnd: boolean): Tick[] {
  const [before, last] = ticks.slice(-2)
  const step = (ticks[1]?.value ?? 0) - (ticks[0]?.value ?? 0)
  if (!(ticks.length > 2 && before && last && last.value - before.value < 0.7 * step)) return ticks
  return keepsEnd ? [...ticks.slice(0, -2), last] : ticks.slice(0, -1)
}
