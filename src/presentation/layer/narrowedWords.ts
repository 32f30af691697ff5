import type { Narrowed } from '../../advice/narrowedFrom.ts'
import type { VerdictKind } from '../../advice/verdictKind.ts'
import { number } from '../numbers.ts'

/**
 * What stands in the place of an estimate for an underused layer that has been narrowed: `narrowed from 320`; null for
 * other layers.
 */
export function narrowedWords(kind: VerdictKind, from: number | null): string | null {
  return kind === 'underused' && from !== null ? `narrowed from ${number(from)}` : null
}

/**
 * Why a layer that has been narrowed gets no estimate, in sentences.
 * @param what the layer, as the subject of a sentence
 */
export function explainNarrowing({ from, estimate }: Narrowed, what = 'It'): string {
  const used = estimate === null ? '' : `, of which about ${number(estimate)} were used`
  return (
    `${what} was narrowed from ${number(from)}${used}. ` +
    'Saturation falls again with each cut, so compare the two runs before narrowing it further.'
  )
}
