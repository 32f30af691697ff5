import type { Node } from '@babel/types'
import { bare } from '../program/syntax.ts'
import type { Way, Tracer } from './origin.ts'

type Value = number | string

const OPERATIONS: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
}
const ROUNDING = new Set(['floor', 'ceil', 'round', 'trunc'])

/** The value of an expression that the text alone determines: `2 * BASE`, `'hidden' + 1`. Null where it does not. */
export function evaluate(tracer: Tracer, from: Node, way: Way): Value | null {
  const node = bare(from)
  switch (node.type) {
    case 'NumericLiteral':
    case 'StringLiteral':
      return node.value
    case 'BinaryExpression': {
      const [a, b] = [evaluate(tracer, node.left, way), evaluate(tracer, node.right, way)]
      if (a === null || b === null) return null
      if (typeof a === 'number' && typeof b === 'number') return OPERATIONS[node.operator]?.(a, b) ?? null
      return node.operator === '+' ? String(a) + String(b) : null
    }
    case 'UnaryExpression': {
      const value = evaluate(tracer, node.argument, way)
      return typeof value === 'number' && node.operator === '-' ? -value : null
    }
    case 'TemplateLiteral': {
      const values = node.expressions.map((each) => evaluate(tracer, each, way))
      if (values.includes(null)) return null
      return node.quasis.map(({ value }, i) => value.cooked + String(values[i] ?? '')).join('')
    }
    case 'Identifier':
    case 'MemberExpression':
    case 'CallExpression': {
      if (node.type === 'CallExpression' && isRounding(node.callee)) {
        const value = node.arguments[0] && evaluate(tracer, node.arguments[0], way)
        const { property } = node.callee as unknown as { property: { name: 'floor' } }
        return typeof value === 'number' ? Math[property.name](value) : null
      }
      const origins = tracer.trace(node, [], way)
      const [first] = origins
      const isOne = origins.every(({ kind, value }) => kind !== 'outside' && value !== null && value === first?.value)
      return isOne ? (first?.value ?? null) : null
    }
    default:
      return null
  }
}

function isRounding(callee: Node): boolean {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return false
  const { object, property } = callee
  return object.name === 'Math' && property.type === 'Identifier' && ROUNDING.has(property.name)
}
