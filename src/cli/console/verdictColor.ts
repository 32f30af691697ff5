import type { VerdictKind } from '../../advice/verdictKind.ts'
import type { Colors } from './colors.ts'

/** The colour of a verdict's word; the word always stands beside it. */
export function verdictColor(verdict: VerdictKind, colors: Colors): (text: string) => string {
  switch (verdict) {
    case 'underused':
      return colors.yellow
    case 'crowded':
      return colors.magenta
    case 'dead':
    case 'non-finite':
      return colors.red
    case 'healthy':
      return colors.green
    case 'output':
    case 'settling':
    case 'limited':
    case 'provisional':
    case 'warming up':
    case 'not measured':
    case 'not trained':
      return colors.dim
  }
}
