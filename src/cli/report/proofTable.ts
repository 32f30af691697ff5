import { keptWide, namesOf, proofTable } from '../../presentation/proof/proofTable.ts'
import { proofBasis } from '../../presentation/proof/proofWords.ts'
import type { Proof } from '../../protocol/proof.ts'
import type { Colors } from '../console/colors.ts'
import { plainTable } from '../console/plainTable.ts'

/**
 * The plans of a proof beside the present network, and on what they rest.
 * @param layers the names of the layers
 */
export function renderProof(proof: Proof, colors: Colors, layers: readonly { id: string; name: string }[]): string {
  const nameOf = namesOf(layers)
  const { head, rows } = proofTable(proof, nameOf)
  const columns = head.map((name, i) => [name, i === 0 ? 'left' : 'right'] as const)
  return [
    colors.bold('Narrower networks that keep what was learned'),
    plainTable(
      columns,
      rows.map((row) => [...row]),
    ),
    ...proofBasis(proof).map((sentence) => colors.dim(sentence)),
    ...keptWide(proof, nameOf).map((sentence) => colors.dim(sentence)),
  ].join('\n')
}
