import type { Comparison } from '../../comparison/compareRuns.ts'
import { comparisonTable, layerChangeTable, networksWithLayers } from '../../presentation/comparison/comparisonTable.ts'
import { comparisonNotes, networkOrigin } from '../../presentation/comparison/comparisonWords.ts'
import type { Colors } from '../console/colors.ts'
import { textTable } from '../console/plainTable.ts'

/** A comparison as a person reads it: the networks, what has to be known of them, and their layers. */
export function renderComparison(comparison: Comparison, colors: Colors): string {
  const origins = comparison.networks.flatMap((network) => networkOrigin(network) ?? [])
  return [
    renderNetworks(comparison),
    ...[...origins, ...comparisonNotes(comparison)].map((note) => colors.dim(note)),
    ...networksWithLayers(comparison).flatMap((network) => [
      '',
      colors.bold(`${network.name} beside ${comparison.networks[0]!.name}`),
      textTable(layerChangeTable(network), ['layer', 'kind', 'verdict']),
    ]),
  ].join('\n')
}

/** The table of the networks alone. */
export function renderNetworks(comparison: Comparison): string {
  return textTable(comparisonTable(comparison), ['network', 'start', ''])
}
