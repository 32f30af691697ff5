import type { Node } from '@babel/types'
import { offsetOf } from './lines.ts'
import type { Call, ParsedCode } from './parse.ts'

/** A call that constructed one or more layers. Offsets are counted from 0, in UTF-16 units. */
export interface Construction {
  /** Start of the whole call expression, `tf.layers.dense({ units: 3 })`, including the chain of calls before it. */
  start: number
  end: number
  /**
   * Start of the call's own part, `dense({ units: 3 })`. In a chain of calls every call expression starts at the head
   * of the chain; the own part excludes the earlier calls, so that an edit of one of them is no edit of this call.
   */
  ownStart: number
  /** Text from `start` to `end`. */
  text: string
}

/**
 * The call at a call site that V8 reports. V8 reports the position of the property's name for `tf.layers.dense(`, of
 * the identifier for `dense(`, of the keyword for `new` and `super`, and of the opening parenthesis for any other
 * callee. A source map may shift the column somewhat; then the innermost call around the position counts, if it begins
 * on the same line.
 * @param site line and column counted from 1
 * @returns null when there is no such call.
 */
export function constructionAt(parsed: ParsedCode, site: { line: number; column: number }): Construction | null {
  const call = callAt(parsed, site)
  if (!call) return null
  const [start, end] = [call.start ?? 0, call.end ?? 0]
  return { start, end, ownStart: ownStart(call), text: parsed.text.slice(start, end) }
}

/** The same call as a node of the tree. */
export function callAt(parsed: ParsedCode, site: { line: number; column: number }): Call | null {
  const offset = offsetOf(parsed.lines, site.line, site.column)
  if (offset === null) return null
  const around = parsed.calls.filter((call) => contains(call, offset))
  const exact = innermost(around, (call) => ownStart(call) <= offset && offset < argumentsStart(call))
  return exact ?? innermost(around, (call) => call.loc?.start.line === site.line)
}

function ownStart(call: Call): number {
  if (call.type === 'NewExpression') return call.start ?? 0
  return nameStart(call.callee) ?? call.callee.end ?? 0
}

/** Start of the token whose position V8 reports; null when that is the parenthesis. */
function nameStart(callee: Node): number | null {
  switch (callee.type) {
    case 'Identifier':
    case 'Super':
    case 'Import':
      return callee.start ?? null
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return callee.computed ? null : (callee.property.start ?? null)
    // Type syntax is replaced by spaces before V8 parses the call.
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
