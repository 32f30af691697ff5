import type { Series } from '../../src/run/series.ts'

/** A curve with a name, as charts and tables need it. */
export interface NamedSeries {
  name: string
  series: Series
}

/** Cells of a table; the first cell of each row names the row. */
export interface Table {
  columns: string[]
  rows: string[][]
}

const MOST_STEPS = 20
const MOST_STEPS_ACROSS = 5

/** Rows are steps, columns are curves; for few curves. A curve without a point at a step has an empty cell. */
export function tableOverSteps(curves: readonly NamedSeries[], format: (value: number) => string): Table {
  const rows = sampledSteps(curves, MOST_STEPS).map((step) => [
    step.toLocaleString('en'),
    ...curves.map(({ series }) => cell(series, series.x.indexOf(step), format)),
  ])
  return { columns: ['Step', ...curves.map(({ name }) => name)], rows }
}

/** Rows are curves, columns are a few steps; for many curves. Cells hold the latest value at that step. */
export function tableOverCurves(curves: readonly NamedSeries[], format: (value: number) => string): Table {
  const steps = sampledSteps(curves, MOST_STEPS_ACROSS)
  const rows = curves.map(({ name, series }) => [
    name,
    ...steps.map((step) =>
      cell(
        series,
        series.x.findLastIndex((x) => x <= step),
        format,
      ),
    ),
  ])
  return { columns: ['Layer', ...steps.map((step) => `Step ${step.toLocaleString('en')}`)], rows }
}

/**
 * Up to `most` steps spread evenly over all that have a point, the last one included. Steps of short curves (one
 * point an epoch) go first, as they would hardly be met by chance.
 */
function sampledSteps(curves: readonly NamedSeries[], most: number): number[] {
  const chosen = new Set<number>()
  const byLength = [...curves].sort((a, b) => a.series.x.length - b.series.x.length)
  for (const { series } of byLength) {
    const room = most - chosen.size
    if (room <= 0) break
    for (const x of spread(series.x, room)) if (chosen.size < most) chosen.add(x)
  }
  return [...chosen].sort((a, b) => a - b)
}

function spread(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values]
  return Array.from({ length: most }, (_, i) => {
    return values[Math.round(((i + 1) * values.length) / most) - 1] ?? 0
  })
}

function cell(series: Series, index: number, format: (value: number) => string): string {
  if (index < 0) return ''
  const value = series.y[index]
  return value === null || value === undefined ? 'not finite' : format(value)
}
