import type { Comparison } from '../../comparison/compareRuns.ts'
import { comparisonTable, layerChangeTable } from '../../presentation/comparison/comparisonTable.ts'
import { comparisonNotes, networkOrigin } from '../../presentation/comparison/comparisonWords.ts'
import type { TableCells } from '../../presentation/proof/tableCells.ts'
import type { Colors } from '../console/colors.ts'
import { plainTable } from '../console/plainTable.ts'

/** A comparison as a person reads it: the networks, what has to be known of them, and their layers. */
export function renderComparison(comparison: Comparison, colors: Colors): string {
  return [
    renderNetworks(comparison, colors),
    ...comparison.networks
      .filter(({ layers }) => layers.length > 0)
      .flatMap((network) => [
        '',
        colors.bold(`${network.name} beside ${comparison.networks[0]!.name}`),
        textTable(layerChangeTable(network), 2),
      ]),
  ].join('\n')
}

/** The networks without their layers. */
export function renderNetworks(comparison: Comparison, colors: Colors): string {
  const origins = comparison.networks.flatMap((network) => networkOrigin(network) ?? [])
  return [
    textTable(comparisonTable(comparison), 1),
    ...[...origins, ...comparisonNotes(comparison)].map((note) => colors.dim(note)),
  ].join('\n')
}

/** @param left columns from the left that hold words; others hold numbers, except for one without a head */
function textTable({ head, rows }: TableCells, left: number): string {
  const columns = head.map(
    (name, i) => [name, i < left || name === '' || name === 'verdict' ? 'left' : 'right'] as const,
  )
  return plainTable(
    columns,
    rows.map((row) => [...row]),
  )
}
