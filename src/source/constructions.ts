import type { Node } from '@babel/types'
import { offsetOf } from './lines.ts'
import type { Call, ParsedCode } from './parse.ts'

/** A call that made one or more layers. Offsets are UTF-16 units from 0. */
export interface Construction {
  /** The whole call expression, `tf.layers.dense({ units: 3 })`, with the chain before it. */
  start: number
  end: number
  /**
   * Where the call's own part begins, `dense({ units: 3 })`: in a chain of calls the expression of each link starts
   * at the chain's head, and an edit of an earlier link is no edit of this one.
   */
  ownStart: number
  /** Text from `start` to `end`. */
  text: string
}

/**
 * The call at a call site as V8 reports it: the property's name in `tf.layers.dense(`, the identifier in `dense(`, the
 * word `new` or `super`, and the opening parenthesis behind any other callee.
 * @param site line and column counted from 1
 * @returns null when no call stands there. A column that is somewhat off (a source map's) finds the innermost call
 *   around it, if that begins on the same line.
 */
export function constructionAt(parsed: ParsedCode, site: { line: number; column: number }): Construction | null {
  const offset = offsetOf(parsed.text, site.line, site.column)
  if (offset === null) return null
  const exact = innermost(parsed.calls, (call) => ownStart(call) <= offset && offset < argumentsStart(call))
  const call = exact ?? innermost(parsed.calls, (c) => c.loc?.start.line === site.line && contains(c, offset))
  if (!call) return null
  const [start, end] = [call.start ?? 0, call.end ?? 0]
  return { start, end, ownStart: ownStart(call), text: parsed.text.slice(start, end) }
}

function ownStart(call: Call): number {
  if (call.type === 'NewExpression') return call.start ?? 0
  return nameStart(call.callee) ?? call.callee.end ?? 0
}

/** Start of the token V8 names the call by; null when it falls back on the parenthesis. */
function nameStart(callee: Node): number | null {
  switch (callee.type) {
    case 'Identifier':
    case 'Super':
    case 'Import':
      return callee.start ?? null
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return callee.computed ? null : (callee.property.start ?? null)
    // What only the type checker sees is blanked out before V8 reads the call.
    case 'TSNonNullExpression':
    case 'TSInstantiationExpression':
      return nameStart(callee.expression)
    default:
      return null
  }
}

function argumentsStart(call: Call): number {
  return call.arguments[0]?.start ?? call.end ?? 0
}

function contains(call: Call, offset: number): boolean {
  return (call.start ?? 0) <= offset && offset < (call.end ?? 0)
}

function innermost(calls: readonly Call[], matches: (call: Call) => boolean): Call | null {
  let found: Call | null = null
  for (const call of calls) {
    if (!matches(call)) continue
    if (!found || length(call) < length(found)) found = call
  }
  return found
}

function length(call: Call): number {
  return (call.end ?? 0) - (call.start ?? 0)
}
