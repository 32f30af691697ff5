import type { CheckedLimit, CheckedRun } from '../../comparison/limits.ts'
import { escaped, markdownTable } from '../markdown/markdownTable.ts'
import { number, percent } from '../numbers.ts'
import type { TableCells } from '../proof/tableCells.ts'

/** Layers that are named beside a limit at most. */
const MAX_NAMED = 6

const WORDS: Readonly<Record<CheckedLimit['limit'], string>> = {
  maxUnderused: 'underused layers, at most',
  maxCrowded: 'crowded layers, at most',
  maxDead: 'dead layers, at most',
  minSaturation: 'saturation of each layer, at least',
  maxParameters: 'parameters, at most',
}

/** The limits of a run, a row each. */
export function limitsTable({ limits }: CheckedRun): TableCells {
  return {
    head: ['limit', 'allowed', 'found', '', ''],
    rows: limits.map(({ limit, allowed, found, holds, layers }) => {
      const value = (of: number): string => (limit === 'minSaturation' ? percent(of) : number(of))
      const named = layers.slice(0, MAX_NAMED).map(({ name, saturation }) => {
        return saturation === null ? name : `${name} ${percent(saturation)}`
      })
      const more = layers.length > MAX_NAMED ? [`and ${number(layers.length - MAX_NAMED)} more`] : []
      const result = holds ? 'holds' : 'does not hold'
      return [WORDS[limit], value(allowed), found === null ? '–' : value(found), result, [...named, ...more].join(', ')]
    }),
  }
}

/** What has to be known beside the limits, in sentences. */
export function limitNotes({ failed, unjudged, limits }: CheckedRun): string[] {
  const isBlind = limits.some(({ limit, found }) => limit !== 'maxParameters' && found === null)
  const few = `too few observations: ${unjudged.join(', ')}`
  return [
    ...(failed === null ? [] : [`The training failed. ${failed}`]),
    ...(isBlind ? ['No layer could be judged, so no limit of layers holds.'] : []),
    ...(unjudged.length === 0 ? [] : [`Not judged, because of ${few}.`]),
  ]
}

/** Whether a run keeps its limits, in one sentence. */
export function limitsVerdict({ holds, failed, limits }: CheckedRun): string {
  const broken = limits.filter((limit) => !limit.holds).length
  if (holds) return limits.length === 1 ? 'The limit holds.' : `All ${number(limits.length)} limits hold.`
  if (broken === 0 && failed !== null) return 'The training failed.'
  return `${number(broken)} of ${number(limits.length)} ${limits.length === 1 ? 'limit does' : 'limits do'} not hold.`
}

/** The limits as a summary for a pull request. @param name of the run */
export function limitsMarkdown(checked: CheckedRun, name: string): string {
  const notes = limitNotes(checked).map((note) => `- ${escaped(note)}`)
  return [
    `### ${checked.holds ? '✅' : '❌'} Saturation of ${escaped(name)}`,
    limitsVerdict(checked),
    markdownTable(limitsTable(checked)),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
  ].join('\n\n')
}
