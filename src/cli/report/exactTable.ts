import type { ComparedWithExact } from '../../comparison/exact/compareWithExact.ts'
import { describeExact, exactCells, exactSummary, EXACT_HEADING } from '../../presentation/trials/exact.ts'
import type { Colors } from '../console/colors.ts'
import { textTable } from '../console/plainTable.ts'

/** Online covariances beside the exact ones. */
export function exactTable(compared: ComparedWithExact, colors: Colors): string {
  return [
    colors.bold(EXACT_HEADING),
    colors.dim(describeExact(compared)),
    textTable(exactCells(compared), ['Layer']),
    exactSummary(compared),
    ...compared.notes.map((note) => `${colors.yellow('!')} ${note}`),
  ].join('\n')
}
