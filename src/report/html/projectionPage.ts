import { describeProjection, pointAt, projectionTable, smallestDeltas } from '../../presentation/trials/projection.ts'
import type { Projected } from '../../protocol/trials/projection.ts'
import { htmlChart } from './lineChart.ts'
import { htmlPage, htmlTable } from './page.ts'

/** A page with how good a script's model is while its layers are projected onto eigenspaces. */
export function projectionPage(script: string, projected: Projected): string {
  const together = projected.curves.filter(({ layer }) => layer === null)
  const deltas = together[0]?.points.map(({ delta }) => delta) ?? []
  const chart = htmlChart({
    title: `${projected.metric} while all layers are projected, by the share of the variance that is kept`,
    categories: deltas.map(String),
    lines: [
      ...together.map((curve) => ({
        name: curve.basis,
        values: deltas.map((delta) => pointAt(curve, delta)?.metric ?? null),
      })),
      { name: 'as it is', values: deltas.map(() => projected.plain.metric), dashed: true },
    ],
  })
  return htmlPage(`Projections of ${script}`, [
    ...smallestDeltas(projected),
    // Only shares have an axis that ends at 100 %.
    ...(projected.isShare && deltas.length > 0 ? [chart] : []),
    htmlTable(projectionTable(projected)),
    describeProjection(projected),
    ...projected.notes,
  ])
}
