import { describeProjection, projectionTable as cellsOf, smallestDeltas } from '../../presentation/trials/projection.ts'
import type { Projected } from '../../protocol/trials/projection.ts'
import type { Colors } from '../console/colors.ts'
import { plainTable } from '../console/plainTable.ts'

/** The result of the projection experiment: all layers together by delta, then each layer's smallest delta. */
export function projectionTable(projected: Projected, colors: Colors): string {
  const { head, rows } = cellsOf(projected)
  const last = head.length - 1
  const columns = head.map((name, i) => [name, i === 0 || i === last ? 'left' : 'right'] as const)
  return [
    colors.bold('Projected onto eigenspaces'),
    colors.dim(describeProjection(projected)),
    plainTable(
      columns,
      rows.map((row) => row.map((cell, i) => (i === last && cell !== '' ? colors.green(cell) : cell))),
    ),
    ...smallestDeltas(projected),
    ...projected.notes.map((note) => `${colors.yellow('!')} ${note}`),
  ].join('\n')
}
