import type { Sweep } from '../../comparison/sweep/sweep.ts'
import { PROFILE_WORDS, profileBars } from '../../presentation/sweep/profileBars.ts'
import { SWEEP_WORD_COLUMNS, sweepTable } from '../../presentation/sweep/sweepTable.ts'
import { plainTable, textTable } from '../console/plainTable.ts'

/** A sweep as a table, and the profile of each network below. */
export function renderSweep(sweep: Sweep): string {
  const drawn = sweep.networks.filter(({ profile }) => profile.layers.length > 0)
  const profiles = plainTable(
    [
      ['', 'left'],
      ['', 'left'],
    ],
    drawn.map(({ name, profile }) => [name, profileBars(profile)]),
  )
  return [
    textTable(sweepTable(sweep), SWEEP_WORD_COLUMNS),
    ...(drawn.length === 0 ? [] : ['', PROFILE_WORDS, profiles.replace(/^\n+/, '')]),
  ].join('\n')
}
