import type { Function as FunctionNode, Node } from '@babel/types'
import type { Call } from '../../parse.ts'
import { bare, isFunction, memberName } from '../program/syntax.ts'
import { evaluate } from './evaluate.ts'
import { EACH, origin, type Origin, type Path, type Way, type Tracer } from './origin.ts'

/** Methods that give an array of the same elements, in another order or fewer of them. */
const REARRANGING = new Set([
  'slice',
  'reverse',
  'toReversed',
  'sort',
  'toSorted',
  'filter',
  'concat',
  'values',
  'flat',
  'split',
])
/** Methods that give one of the elements. */
const PICKING = new Set(['pop', 'shift', 'find', 'findLast'])

/** What a method of an array gives. @returns null where the call is none. */
export function traceArrayMethod(tracer: Tracer, node: Call, path: Path, way: Way): Origin[] | null {
  const callee = bare(node.callee)
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return null
  const [name, array] = [memberName(callee) ?? '', callee.object]
  const [first, second] = node.arguments as (Node | undefined)[]
  const [part, ...rest] = path
  if (name === 'toString' || name === 'trim' || name === 'valueOf') return tracer.trace(array, path, way)
  if (PICKING.has(name)) return tracer.trace(array, [EACH, ...path], way)
  if (name === 'at' && first) {
    const index = evaluate(tracer, first, way)
    return tracer.trace(array, [typeof index === 'number' && index >= 0 ? String(index) : EACH, ...path], way)
  }
  if (part === undefined) return null
  if (name === 'entries') return rest[0] === '1' ? tracer.trace(array, [EACH, ...rest.slice(1)], way) : null
  if (name === 'fill' && first) return tracer.trace(first, rest, way)
  if (REARRANGING.has(name)) {
    const others = name === 'concat' ? (node.arguments as Node[]) : []
    return [array, ...others].flatMap((each) => tracer.trace(each, [EACH, ...rest], way))
  }
  const made = name === 'map' || name === 'flatMap' ? first : name === 'from' ? second : undefined
  if (!made) return null
  const inner = name === 'flatMap' ? [EACH, ...rest] : rest
  const functions = isFunction(made)
    ? [made]
    : tracer.trace(made, [], way).flatMap((each) => (each.kind === 'function' ? [each.node as FunctionNode] : []))
  if (functions.length === 0) return [origin('unknown', node, way)]
  return functions.flatMap((each) => tracer.traceReturns(each, inner, way))
}
