import { number } from '../../presentation/numbers.ts'
import { describeProjection, metricValue, pointAt, smallestDelta } from '../../presentation/projection.ts'
import type { Projected } from '../../protocol/projection.ts'
import type { Colors } from '../console/colors.ts'
import { plainTable } from '../console/plainTable.ts'

/** The result of the projection experiment: all layers together by delta, then each layer's smallest delta. */
export function projectionTable(projected: Projected, colors: Colors): string {
  const { curves, notes } = projected
  const together = curves.filter(({ layer }) => layer === null)
  const [first] = together
  const rows = (first?.points ?? []).map(({ delta, dimensions }) => [
    String(delta),
    `${number(dimensions)}/${number(first!.features)}`,
    ...together.map((curve) => {
      const point = pointAt(curve, delta)
      return point ? metricValue(projected, point.metric) : ''
    }),
    first!.smallest !== null && delta >= first!.smallest ? colors.green('lossless') : '',
  ])
  const columns = [
    ['delta', 'left'] as const,
    ['dimensions', 'right'] as const,
    ...together.map(({ basis }) => [basis, 'right'] as const),
    ['', 'left'] as const,
  ]
  return [
    colors.bold('Projected onto eigenspaces'),
    colors.dim(describeProjection(projected)),
    plainTable(columns, rows),
    ...curves.filter(({ basis }) => basis === 'eigenspace').map((curve) => smallestDelta(projected, curve)),
    ...notes.map((note) => `${colors.yellow('!')} ${note}`),
  ].join('\n')
}
