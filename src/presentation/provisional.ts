import { percent } from './numbers.ts'
import { OBSERVATIONS_PER_FEATURE } from '../run/sufficiency.ts'

/** What the mark `~` means; to be printed below a table that has one. */
export const PROVISIONAL_NOTE = `~ provisional: fewer than ${OBSERVATIONS_PER_FEATURE} observations per dimension`

/** A saturation as the cell of a table: `44 %`, `~44 %` where it is provisional, a dash where there is none. */
export function shareCell(row: { saturation: number | null; provisional: boolean } | undefined): string {
  if (!row || row.saturation === null) return '–'
  return `${row.provisional ? '~' : ''}${percent(row.saturation)}`
}
