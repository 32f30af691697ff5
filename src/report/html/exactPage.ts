import type { ComparedWithExact } from '../../comparison/exact/compareWithExact.ts'
import { describeExact, EXACT_CHART_HEADING, exactCells, exactSummary } from '../../presentation/trials/exact.ts'
import { htmlChart } from './lineChart.ts'
import { htmlPage, htmlTable } from './page.ts'

/** A page with the online covariance of a script's layers beside the exact one. */
export function exactPage(script: string, compared: ComparedWithExact): string {
  const { layers, notes } = compared
  const chart = htmlChart({
    title: EXACT_CHART_HEADING,
    categories: layers.map(({ name }) => name),
    lines: [
      { name: 'online', values: layers.map(({ online }) => online.saturation), bars: true },
      {
        name: 'exact, with its 95 % band',
        values: layers.map(({ exact }) => exact.saturation),
        intervals: layers.map(({ exact: { low, high }, width }) =>
          low === null || high === null ? [null, null] : [low / width, high / width],
        ),
      },
    ],
  })
  return htmlPage(`Online and exact covariance of ${script}`, [
    exactSummary(compared),
    chart,
    htmlTable(exactCells(compared)),
    describeExact(compared),
    ...notes,
  ])
}
