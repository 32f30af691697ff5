import type { Class, Node } from '@babel/types'
import { callAt } from '../constructions.ts'
import type { Call } from '../parse.ts'
import type { Program } from './program/program.ts'
import { bare } from './program/syntax.ts'
import { traceHandedOn, traceInstance } from './values/fields.ts'
import { START, type Origin, type Path, type Tracer } from './values/origin.ts'

/** Where a run says that a layer is constructed: absolute path, line and column counted from 1. */
export interface Site {
  file: string
  line: number
  column: number
}

/** The call that constructs the layers of a site; null where there is none. */
export function constructionCall(program: Program, { file, line, column }: Site): Call | null {
  const parsed = program.module(file)?.parsed
  return parsed ? callAt(parsed, { line, column }) : null
}

/** The parts of a property such as `units` or `targetShape[2]`. */
export function pathOf(property: string): string[] {
  return property.split(/[.[\]]+/).filter((part) => part !== '')
}

/** Where a property of the layers comes from that a call constructs; only `absent` and `unknown` where nothing shows it. */
export function originsAt(tracer: Tracer, call: Call, path: Path): Origin[] {
  const own = known(ofClass(tracer, call, path))
  if (own.length > 0) return own
  const args = (call.arguments as Node[]).map((each) => ofArgument(tracer, each, path))
  for (const origins of args) if (known(origins).length > 0) return origins
  // A layer that wraps another, as a recurrent one does its cell, has the inner layer's width.
  for (const inner of path.length === 1 ? ['cell', 'layer'] : []) {
    const origins = known(ofArgument(tracer, call.arguments[0] ?? call, [inner, ...path]))
    if (origins.length > 0) return origins
  }
  // A function that is not in the program may take the width itself.
  const [first] = call.arguments
  const width = first && path.length === 1 ? tracer.trace(first, [], START) : []
  return width.some(({ kind, value }) => kind === 'literal' && typeof value === 'number') ? width : args.flat()
}

/** The property that the object has which a class of the program makes, or that the class hands on to one of the library. */
function ofClass(tracer: Tracer, call: Call, path: Path): Origin[] {
  if (call.type !== 'NewExpression') return []
  const classes = tracer.trace(call.callee, [], START).filter(({ kind }) => kind === 'class')
  return classes.flatMap(({ node }) => {
    const own = traceInstance(tracer, node as Class, call, path, START)
    return known(own).length > 0 ? own : traceHandedOn(tracer, node as Class, call, path, START)
  })
}

function ofArgument(tracer: Tracer, from: Node, path: Path): Origin[] {
  const node = bare(from)
  if (node.type === 'SpreadElement') return tracer.trace(node.argument, ['0', ...path], START)
  return tracer.trace(node, path, START)
}

function known(origins: Origin[]): Origin[] {
  return origins.some(({ kind }) => kind !== 'absent' && kind !== 'unknown') ? origins : []
}
