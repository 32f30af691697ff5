/**
 * A polynomial with rational coefficients over the widths that layers choose: the size of an axis. A term's key has the
 * ids of its widths in ascending order, `` for the constant; the coefficients are integers over one denominator.
 */
export interface Polynomial {
  readonly terms: ReadonlyMap<string, number>
  readonly denominator: number
}

export const constant = (value: number): Polynomial => reduced(new Map([['', value]]), 1)
export const variable = (id: number): Polynomial => reduced(new Map([[String(id), 1]]), 1)

export function plus(a: Polynomial, b: Polynomial, sign = 1): Polynomial {
  const terms = new Map<string, number>()
  for (const [key, value] of a.terms) terms.set(key, value * b.denominator)
  for (const [key, value] of b.terms) terms.set(key, (terms.get(key) ?? 0) + sign * value * a.denominator)
  return reduced(terms, a.denominator * b.denominator)
}

export function times(a: Polynomial, b: Polynomial): Polynomial {
  const terms = new Map<string, number>()
  for (const [left, x] of a.terms)
    for (const [right, y] of b.terms) {
      const key = keyOf([...widthsIn(left), ...widthsIn(right)])
      terms.set(key, (terms.get(key) ?? 0) + x * y)
    }
  return reduced(terms, a.denominator * b.denominator)
}

/** Returns a / b; null where the quotient is no polynomial, or `b` has several terms and is no multiple of `a`. */
export function quotient(a: Polynomial, b: Polynomial): Polynomial | null {
  const [[key, value] = ['', 0], ...others] = b.terms
  if (value === 0) return null
  if (others.length > 0) {
    const ratio = reduced(new Map([['', (a.terms.get(key) ?? 0) * b.denominator]]), value * a.denominator)
    return isZero(plus(a, times(ratio, b), -1)) ? ratio : null
  }
  const terms = new Map<string, number>()
  for (const [from, coefficient] of a.terms) {
    const left = widthsIn(from)
    for (const width of widthsIn(key)) {
      const at = left.indexOf(width)
      if (at < 0) return null
      left.splice(at, 1)
    }
    terms.set(keyOf(left), coefficient * b.denominator)
  }
  return reduced(terms, a.denominator * value)
}

export const isZero = ({ terms }: Polynomial): boolean => terms.size === 0

/** The widths that a polynomial depends on. */
export function widthsOf({ terms }: Polynomial): Set<number> {
  return new Set([...terms.keys()].flatMap(widthsIn))
}

/** The widths of a term's key, each as often as the term has it as a factor. */
export function widthsIn(key: string): number[] {
  return key === '' ? [] : key.split(',').map(Number)
}

const keyOf = (widths: number[]): string => widths.sort((a, b) => a - b).join()

/** The greatest common divisor of the absolute values. */
export function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)]
  while (y > 0) [x, y] = [y, x % y]
  return x
}

function reduced(terms: Map<string, number>, denominator: number): Polynomial {
  let divisor = denominator
  for (const [key, value] of terms) {
    if (value === 0) terms.delete(key)
    else divisor = gcd(divisor, value)
  }
  divisor = Math.abs(divisor) * Math.sign(denominator)
  for (const [key, value] of terms) terms.set(key, value / divisor)
  return { terms, denominator: denominator / divisor }
}
