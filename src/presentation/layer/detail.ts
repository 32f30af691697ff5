import type { VerdictKind } from '../../advice/verdictKind.ts'
import { number } from '../numbers.ts'

/** What belongs to a layer's verdict in short: one thing at most. */
export interface Detail {
  /**
   * A width that is `proven`, an `estimate` of the features in use, the width that it was `narrowed` from, or the `range`
   * of k while it moves.
   */
  kind: 'proven' | 'estimate' | 'narrowed' | 'range'
  /** `104 of 320 units keep val_acc 98.6 % (−0.1)`, `about 104 of 320 used`, `narrowed from 320`, `64–88 over 3 epochs`. */
  words: string
}

/** What is known of a layer beside its verdict. A row of the report is such facts. */
export interface DetailFacts {
  verdict: VerdictKind
  /** `104 of 320 units keep val_acc 98.6 % (−0.1)`; null where no proof narrows the layer. */
  proven: { words: string } | null
  /** `about 104 of 320 used`; null where no width is estimated. */
  advice: string | null
  /** The width that the layer had before it was narrowed; null where it was not. */
  narrowedFrom: number | null
  /** `64–88 over 3 epochs`; null where k does not move. */
  settlingRange: string | null
}

/** The one detail that all views show with a layer's verdict; null for none. */
export function detailOf({ verdict, proven, advice, narrowedFrom, settlingRange }: DetailFacts): Detail | null {
  if (proven !== null) return { kind: 'proven', words: proven.words }
  if (advice !== null) return { kind: 'estimate', words: advice }
  if (verdict === 'underused' && narrowedFrom !== null)
    return { kind: 'narrowed', words: `narrowed from ${number(narrowedFrom)}` }
  return settlingRange === null ? null : { kind: 'range', words: settlingRange }
}

/** A verdict with its detail, for a cell or a line: `underused, about 104 of 320 used`. */
export function verdictWith(verdictWord: string, detail: Detail | null): string {
  return detail === null ? verdictWord : `${verdictWord}, ${detail.words}`
}
