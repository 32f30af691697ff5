import { UNKNOWN, type Value } from './values.ts'

/** Whether a condition holds; null where it is not known. */
export function isTruthy(value: Value): boolean | null {
  if (value === UNKNOWN) return null
  return value !== null && typeof value === 'object' ? true : Boolean(value)
}

/** The result of a binary operator; unknown unless both sides are primitives, or two objects are compared. */
export function binary(operator: string, left: Value, right: Value): Value {
  if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN
  if (operator === '===' || operator === '!==') return (left === right) === (operator === '===')
  const isNullish = (value: Value): boolean => value === null || value === undefined
  if ((operator === '==' || operator === '!=') && (isNullish(left) || isNullish(right)))
    return (isNullish(left) && isNullish(right)) === (operator === '==')
  const isPrimitive = (value: Value): boolean => value === null || typeof value !== 'object'
  if (!isPrimitive(left) || !isPrimitive(right)) return UNKNOWN
  // JavaScript's own operators decide how strings, numbers and null convert.
  const [a, b] = [left as number, right as number]
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    case '**':
      return a ** b
    case '|':
      return a | b
    case '&':
      return a & b
    case '<<':
      return a << b
    case '>>':
      return a >> b
    case '>>>':
      return a >>> b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    case '==':
      // eslint-disable-next-line eqeqeq
      return a == b
    case '!=':
      // eslint-disable-next-line eqeqeq
      return a != b
    default:
      return UNKNOWN
  }
}
