import { number, percent } from './numbers.ts'
import { OBSERVATIONS_PER_FEATURE } from '../run/sufficiency.ts'

/** What the mark `~` means; to be printed below a table that has one. */
export const PROVISIONAL_NOTE = `~ provisional: fewer than ${OBSERVATIONS_PER_FEATURE} observations per dimension`

/** The same below a table with layers whose observations repeat or depend on each other. */
export const DEPENDENT_NOTE = `${PROVISIONAL_NOTE}, or as few after counting out those that repeat or depend on each other`

/** Share of effective observations below which a view says how many there are. */
const SAID_BELOW = 0.5

/** The number of independent observations that observations are worth, where it is clearly less; null otherwise. */
export function effectiveIfFewer(observations: number, effective = observations): string | null {
  return effective < SAID_BELOW * observations ? `about ${number(effective)}` : null
}

/** A saturation as the cell of a table: `44 %`, `~44 %` where it is provisional, a dash where there is none. */
export function shareCell(row: { saturation: number | null; provisional: boolean } | undefined): string {
  if (!row || row.saturation === null) return '–'
  return `${row.provisional ? '~' : ''}${percent(row.saturation)}`
}
