import { number } from '../../src/presentation/numbers.ts'
import type { Series } from '../../src/run/series.ts'

/** A curve with a name, as charts and tables need it. */
export interface NamedSeries {
  name: string
  series: Pick<Series, 'x' | 'y'>
}

/** Cells of a table; the first cell of each row names the row. */
export interface Table {
  columns: string[]
  rows: string[][]
}

/** Rows of a table over steps at most. */
const MAX_STEP_ROWS = 20
/** Columns of a table over curves at most, beside the names. */
const MAX_STEP_COLUMNS = 5

/** Rows are steps, columns are curves; for few curves. A curve without a point at a step has an empty cell. */
export function tableOverSteps(curves: readonly NamedSeries[], format: (value: number) => string): Table {
  const rows = sampledSteps(curves, MAX_STEP_ROWS).map((step) => [
    number(step),
    ...curves.map(({ series }) => cell(series, series.x.indexOf(step), format)),
  ])
  return { columns: ['Step', ...curves.map(({ name }) => name)], rows }
}

/** Rows are curves, columns are a few steps; for many curves. Cells hold the latest value at that step. */
export function tableOverCurves(curves: readonly NamedSeries[], format: (value: number) => string): Table {
  const steps = sampledSteps(curves, MAX_STEP_COLUMNS)
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
  return { columns: ['Layer', ...steps.map((step) => `Step ${number(step)}`)], rows }
}

/**
 * Up to `most` steps, spread evenly over those that have a point, with the last. Steps of short curves (one point per
 * epoch) are chosen first: an even choice over all steps would miss them.
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

function cell(series: NamedSeries['series'], index: number, format: (value: number) => string): string {
  if (index < 0) return ''
  const value = series.y[index]
  return value === null || value === undefined ? 'not finite' : format(value)
}
