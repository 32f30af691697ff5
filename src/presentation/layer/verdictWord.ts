import type { VerdictKind } from '../../advice/verdictKind.ts'
import { withArticle } from './limitedBy.ts'

/**
 * A verdict in a few words, the same in every view. A layer warms up only while the run goes on.
 * @param limit what limits the layer; null where nothing does
 */
export function verdictWord(kind: VerdictKind, runEnded: boolean, limit: string | null = null): string {
  if (kind === 'limited' && limit !== null) return `limited by ${withArticle(limit)}`
  if (kind === 'warming up' && runEnded) return 'no data'
  if (kind === 'settling' && runEnded) return 'not settled'
  return kind === 'non-finite' ? 'NaN or infinity' : kind
}

/** Verdicts that are worth a count where several layers share a line, the most urgent first. */
const COUNTED: readonly VerdictKind[] = [
  'non-finite',
  'dead',
  'underused',
  'crowded',
  'settling',
  'provisional',
  'warming up',
  'not trained',
  'not measured',
]

/** How many layers have a verdict. */
export interface VerdictCount {
  kind: VerdictKind
  count: number
  /** To follow the count: `underused`, `with NaN or infinity`. */
  word: string
}

/**
 * Counts the verdicts of several layers, the most urgent first; healthy and output layers are not counted.
 * @param among the verdicts to count
 */
export function countVerdicts(kinds: readonly VerdictKind[], runEnded: boolean, among = COUNTED): VerdictCount[] {
  return among.flatMap((kind) => {
    const count = kinds.filter((other) => other === kind).length
    const word = kind === 'non-finite' ? 'with NaN or infinity' : verdictWord(kind, runEnded)
    return count === 0 ? [] : [{ kind, count, word }]
  })
}

/**
 * The layers that do not work at all, as the end of a run says it: `2 of 5 layers with NaN or infinity, 1 dead`, `all 3
 * layers dead`. Null where all work.
 * @param kinds the verdicts of all measured layers
 */
export function brokenWords(kinds: readonly VerdictKind[]): string | null {
  const total = kinds.length
  const counts = countVerdicts(kinds, true, ['non-finite', 'dead'])
  const words = counts.map(({ count, word }, i) => {
    if (i > 0) return `${count} ${word}`
    if (count < total) return `${count} of ${total} layers ${word}`
    return total === 1 ? `the only layer ${word}` : `all ${total} layers ${word}`
  })
  return words.length === 0 ? null : words.join(', ')
}
