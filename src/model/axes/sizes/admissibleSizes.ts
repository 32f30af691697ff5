import { gcd, widthsIn, type Polynomial } from './polynomial.ts'

/** The widths that a group may have: `offset + multiple · n` for n = 1, 2, … */
export interface Admissible {
  multiple: number
  offset: number
}

/**
 * Finds for each chosen width which values leave all sizes that depend on it whole and at least 1.
 *
 * A size is a polynomial with a common denominator D. It stays whole if every width keeps its residue modulo
 * D / gcd(D, a) for the coefficient a of each term that has it as a factor: then each term keeps its residue modulo D.
 * Where a number is subtracted, each width keeps the share of its present value that all together need.
 * @param sizeOf the present size of a set
 */
export function admissibleSizes(
  expressions: ReadonlyMap<number, Polynomial>,
  isFree: (width: number) => boolean,
  sizeOf: (set: number) => number,
): Map<number, Admissible> {
  const multiples = new Map<number, number>()
  const lowest = new Map<number, number>()
  for (const { terms, denominator } of expressions.values()) {
    const subtracted = -Math.min(terms.get('') ?? 0, 0)
    const present = [...terms].reduce((sum, [key, a]) => sum + (key === '' ? 0 : a * productOf(key, sizeOf)), 0)
    for (const [key, coefficient] of terms)
      for (const width of widthsIn(key).filter(isFree)) {
        const [multiple, divisor] = [multiples.get(width) ?? 1, denominator / gcd(denominator, coefficient)]
        multiples.set(width, (multiple * divisor) / gcd(multiple, divisor))
        const bound = subtracted > 0 ? Math.ceil((sizeOf(width) * (subtracted + denominator)) / present) : 1
        lowest.set(width, Math.max(lowest.get(width) ?? 1, bound))
      }
  }
  const admissible = new Map<number, Admissible>()
  for (const [width, multiple] of multiples) {
    const residue = sizeOf(width) % multiple
    const steps = Math.max(0, Math.ceil((lowest.get(width)! - residue - multiple) / multiple))
    admissible.set(width, { multiple, offset: residue + multiple * steps })
  }
  return admissible
}

function productOf(key: string, sizeOf: (set: number) => number): number {
  return widthsIn(key).reduce((product, width) => product * sizeOf(width), 1)
}
