import type { Class, Function as FunctionNode, Node } from '@babel/types'
import type { Call } from '../../../parse.ts'
import { bare, dotted } from '../../program/syntax.ts'
import { traceFile } from '../elsewhere/files.ts'
import { evaluate } from '../evaluate.ts'
import { traceInstance } from '../fields.ts'
import { traceModule } from '../elsewhere/imports.ts'
import { traceArrayMethod } from '../arrayMethods.ts'
import { traceOption } from '../elsewhere/options.ts'
import { EACH, entering, origin, type Origin, type Path, type Way, type Tracer } from '../origin.ts'

/** Functions whose result is their first argument, as far as numbers in it are concerned. */
const SAME = new Set([
  'Number',
  'String',
  'parseInt',
  'parseFloat',
  'Number.parseInt',
  'Number.parseFloat',
  'Object.freeze',
  'Object.seal',
  'JSON.parse',
  'JSON.stringify',
  'structuredClone',
  'Array.from',
  'Promise.resolve',
])

/** What a call gives. */
export function traceCall(tracer: Tracer, node: Call, path: Path, way: Way): Origin[] {
  const callee = bare(node.callee)
  const [first] = node.arguments as (Node | undefined)[]
  const name = dotted(callee)
  if (node.type === 'NewExpression') {
    if (name === 'Array' && path.length > 0) return [origin('absent', node, way)]
    return traceNew(tracer, node, path, way)
  }
  if (callee.type === 'Import' || isRequire(tracer, callee)) {
    if (first?.type === 'StringLiteral') return traceModule(tracer, first.value, node, path, through(callee))
    return [origin('unknown', node, way)]
  }
  const known = traceKnown(tracer, name, node, path, way)
  if (known) return known
  const functions = functionsOf(tracer, callee, way)
  if (functions.length > 0) {
    return functions.flatMap((each) => tracer.traceReturns(each, path, entering(through(callee), each, node)))
  }
  const ofArray = traceArrayMethod(tracer, node, path, way)
  if (ofArray) return ofArray
  const options = traceOption(tracer, node, path, way)
  return options.length > 0 ? options : traceArguments(tracer, node, path, way)

  /** The way on, past the name of the function that is called. */
  function through(named: Node): Way {
    const binding = tracer.program.bindingOf(named)
    return binding ? { ...way, steps: [...way.steps, { node: named, binding, path }] } : way
  }
}

/** Whether a function is Node's `require`, as a CommonJS module has it or as `createRequire` makes it. */
function isRequire(tracer: Tracer, callee: Node): boolean {
  if (callee.type === 'CallExpression') return /(?:^|\.)createRequire$/.test(dotted(callee.callee))
  if (callee.type !== 'Identifier') return false
  if (!tracer.program.bindingOf(callee)) return callee.name === 'require'
  const made = tracer.program.declaredAs(callee)
  return made?.type === 'CallExpression' && isRequire(tracer, made)
}

/** Functions of the language and of Node. */
function traceKnown(tracer: Tracer, name: string, node: Call, path: Path, way: Way): Origin[] | null {
  const args = node.arguments as Node[]
  const [first] = args
  if (!first) return null
  if (name === 'Array.from' && args[1]) return null
  if (SAME.has(name)) {
    const origins = tracer.trace(first, name === 'JSON.parse' ? [] : path, way)
    const files = origins.filter(({ kind }) => kind === 'file')
    if (files.length > 0) return files.flatMap((file) => tracer.trace(file.node, path, way))
    return name === 'JSON.parse' ? tracer.trace(first, path, way) : origins
  }
  const [part, ...rest] = path
  if (name === 'Object.values' && part !== undefined) return tracer.trace(first, [EACH, ...rest], way)
  if (name === 'Object.entries' && part !== undefined && rest[0] === '1')
    return tracer.trace(first, [EACH, ...rest.slice(1)], way)
  if (name === 'Object.assign') return traceAssign(tracer, args, path, way)
  if (name.startsWith('Math.')) return [origin('computed', node, way, evaluate(tracer, node, way))]
  return traceFile(tracer, name, node, way)
}

/** The last of the objects that has the property. */
function traceAssign(tracer: Tracer, objects: readonly Node[], path: Path, way: Way): Origin[] {
  const found: Origin[] = []
  for (const each of [...objects].reverse()) {
    const origins = tracer.trace(each, path, way)
    found.push(...origins.filter(({ kind }) => kind !== 'absent'))
    if (origins.every(({ kind }) => kind !== 'absent' && kind !== 'unknown')) break
  }
  return found.length > 0 ? found : [origin('absent', objects[0]!, way)]
}

function traceNew(tracer: Tracer, node: Call, path: Path, way: Way): Origin[] {
  const classes = tracer.trace(node.callee, [], way).filter(({ kind }) => kind === 'class')
  if (classes.length === 0 || path.length === 0) return traceArguments(tracer, node, path, way)
  return classes.flatMap((each) => traceInstance(tracer, each.node as Class, node, path, way))
}

/**
 * What a function that is not in the program gives: where one of its arguments has the property, most likely that, as
 * with layers and with functions that check a configuration.
 */
function traceArguments(tracer: Tracer, node: Call, path: Path, way: Way): Origin[] {
  if (path.length === 0) return [origin('unknown', node, way)]
  const found = (node.arguments as Node[]).map((each) =>
    tracer.trace(each, path, way).filter(({ kind }) => kind !== 'absent' && kind !== 'unknown'),
  )
  const having = found.filter((origins) => origins.length > 0)
  return having.length === 1 ? having[0]! : [origin('unknown', node, way)]
}

function functionsOf(tracer: Tracer, callee: Node, way: Way): FunctionNode[] {
  const functions = tracer.trace(callee, [], way).filter(({ kind }) => kind === 'function')
  return functions.map(({ node }) => node as FunctionNode)
}
