import type { Function as FunctionNode, Node, RestElement } from '@babel/types'
import type { Call } from '../../parse.ts'
import { bare, memberName } from '../program/syntax.ts'
import { choosing, EACH, origin, type Frame, type Origin, type Path, type Way, type Tracer } from './origin.ts'

/** Methods of arrays that call a function with each element. */
const WITH_ELEMENT = new Set(['map', 'forEach', 'flatMap', 'filter', 'find', 'findLast', 'findIndex', 'some', 'every'])
const REDUCING = new Set(['reduce', 'reduceRight'])

/**
 * What the callers of a function pass for a parameter. Of a call that is being followed, only that one counts.
 * @param hasDefault whether a default takes the place of what is absent
 */
export function traceParameter(
  tracer: Tracer,
  callee: FunctionNode,
  index: number,
  path: Path,
  way: Way,
  hasDefault: boolean,
): Origin[] {
  const frame = frameOf(callee, way.frame)
  if (frame) return traceArgument(tracer, frame.call, callee, index, path, { ...way, frame: frame.outer })
  const outside = { ...way, frame: null }
  const inline = callbackOf(tracer, callee)
  if (inline) return traceCallback(tracer, inline, index, path, way)
  const uses = tracer.calls.usesOf(callee)
  const origins = uses.flatMap(({ call, isCallback }, i) => {
    const here = uses.length > 1 ? choosing(outside, callee, i) : outside
    return isCallback
      ? traceCallback(tracer, call, index, path, here)
      : traceArgument(tracer, call, callee, index, path, here)
  })
  if (origins.length > 0) return origins
  // Nobody is seen to call it, so that a default is what it has.
  return [origin(hasDefault ? 'absent' : 'unknown', callee.params[index]!, way)]
}

/** What a call passes for a parameter of the function that it calls. */
function traceArgument(
  tracer: Tracer,
  call: Call,
  callee: FunctionNode,
  index: number,
  path: Path,
  way: Way,
): Origin[] {
  const args = call.arguments as Node[]
  const rest = restFrom(callee, index)
  if (rest !== null) {
    const [element = EACH, ...inner] = shifted(path, rest)
    const chosen = element === EACH ? args.slice(rest) : args.slice(Number(element), Number(element) + 1)
    return chosen.flatMap((each, i) => tracer.trace(...spreadOr(each, inner), choosing(way, call, i)))
  }
  const spreadAt = args.findIndex((each) => each.type === 'SpreadElement')
  if (spreadAt >= 0 && spreadAt <= index) {
    const spread = args[spreadAt] as Node & { argument: Node }
    return tracer.trace(spread.argument, [String(index - spreadAt), ...path], way)
  }
  const argument = args[index]
  return argument ? tracer.trace(argument, path, way) : [origin('absent', call, way)]
}

function spreadOr(node: Node, path: Path): [Node, Path] {
  return node.type === 'SpreadElement' ? [node.argument, [EACH, ...path]] : [node, path]
}

/** What an array's method, or the like, passes to a function. */
function traceCallback(tracer: Tracer, call: Call, index: number, path: Path, way: Way): Origin[] {
  const callee = bare(call.callee)
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression')
    return [origin('unknown', call, way)]
  const name = memberName(callee) ?? ''
  if (name === 'then' && index === 0) return tracer.trace(callee.object, path, way)
  if (name === 'from' && index === 0) return tracer.trace(call.arguments[0]!, [EACH, ...path], way)
  const element = REDUCING.has(name) ? 1 : WITH_ELEMENT.has(name) ? 0 : null
  if (element === null) return [origin('unknown', call, way)]
  if (index === element) return tracer.trace(callee.object, [EACH, ...path], way)
  if (index === element + 2) return tracer.trace(callee.object, path, way)
  return [origin('computed', call, way)]
}

/** The call that a function is written into as an argument. */
function callbackOf(tracer: Tracer, callee: FunctionNode): Call | null {
  let child: Node = callee
  let parent = tracer.program.parentOf(child)
  while (parent?.type === 'ParenthesizedExpression') [child, parent] = [parent, tracer.program.parentOf(parent)]
  if (parent?.type !== 'CallExpression' && parent?.type !== 'OptionalCallExpression') return null
  return parent.arguments.includes(child as never) ? parent : null
}

function frameOf(callee: FunctionNode, innermost: Frame | null): Frame | null {
  for (let frame = innermost; frame; frame = frame.outer) if (frame.callee === callee) return frame
  return null
}

/** The path within an array for a path within its rest after some elements. */
export function shifted([index, ...rest]: Path, by: number): Path {
  return index === undefined ? [] : [/^\d+$/.test(index) ? String(Number(index) + by) : index, ...rest]
}

/** The index from which on a function's last parameter takes the arguments; null for a plain parameter. */
function restFrom(callee: FunctionNode, index: number): number | null {
  return (callee.params[index] as RestElement | undefined)?.type === 'RestElement' ? index : null
}
