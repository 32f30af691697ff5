import type { Comparison } from '../../comparison/compareRuns.ts'
import { escaped, escapedHtml, markdownTable } from '../markdown/markdownTable.ts'
import { comparisonNotes, networkOrigin } from './comparisonWords.ts'
import { comparisonTable, layerChangeTable, networksWithLayers } from './comparisonTable.ts'

/** A comparison as a summary for a pull request: the networks, what has to be known of them, and their layers folded away. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { networks } = comparison
  const origins = networks.flatMap((network) => networkOrigin(network) ?? [])
  const layers = networksWithLayers(comparison)
  return [
    '### Runs compared',
    markdownTable(comparisonTable(comparison)),
    [...origins, ...comparisonNotes(comparison)].map((note) => `- ${escaped(note)}`).join('\n'),
    ...layers.map((network) => {
      const heading = `Layers of ${escapedHtml(network.name)}, beside ${escapedHtml(networks[0]!.name)}`
      return `<details><summary>${heading}</summary>\n\n${markdownTable(layerChangeTable(network))}\n\n</details>`
    }),
  ].join('\n\n')
}
