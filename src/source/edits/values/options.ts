import type { Node } from '@babel/types'
import type { Call } from '../../parse.ts'
import { bare, keyOf, memberName } from '../program/syntax.ts'
import { origin, type Origin, type Path, type Way, type Tracer } from './origin.ts'

/** Methods and functions that give the options of the command line. */
const GIVING = new Set(['opts', 'optsWithGlobals', 'parse', 'parseSync', 'parse_args', 'parseArgs', 'parseAsync'])
/** Properties and methods that declare an option: of commander, yargs and argparse. */
const DECLARING = new Set(['option', 'requiredOption', 'default', 'add_argument', 'addArgument', 'add_option'])

/**
 * The default of an option of the command line, where the program plainly declares one: of commander, yargs, argparse,
 * minimist and Node's `parseArgs`. @returns nothing for any other call.
 */
export function traceOption(tracer: Tracer, node: Call, path: Path, way: Way): Origin[] {
  const callee = bare(node.callee)
  const called =
    callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? memberName(callee) : ''
  if (called === 'minimist' || called === 'parseArgs' || called === 'mri') {
    const [name] = called === 'parseArgs' ? path.slice(1) : path
    const options = node.arguments[called === 'parseArgs' ? 0 : 1] as Node | undefined
    if (name === undefined || !options) return []
    const at = called === 'parseArgs' ? ['options', name, 'default'] : ['default', name]
    return withOutside(tracer.trace(options, at, way), node, way)
  }
  // yargs' `argv` is a property of a call.
  const [first, ...rest] = path
  if (first === 'argv' && rest.length === 1) return declaredDefault(tracer, node, rest[0]!, way)
  return GIVING.has(called ?? '') && path.length === 1 ? declaredDefault(tracer, node, first!, way) : []
}

function declaredDefault(tracer: Tracer, node: Call, name: string, way: Way): Origin[] {
  const origins = tracer.program.ownerOf(node).calls.flatMap((call) => {
    const callee = bare(call.callee)
    if (callee.type !== 'MemberExpression' || !DECLARING.has(memberName(callee) ?? '')) return []
    return isNamed(call.arguments[0], name) ? defaultIn(tracer, call, memberName(callee)!, way) : []
  })
  return withOutside(origins, node, way)
}

function withOutside(origins: readonly Origin[], node: Node, way: Way): Origin[] {
  const known = origins.filter(({ kind }) => kind === 'literal' || kind === 'computed')
  return known.length === 0 ? [] : [origin('outside', node, way), ...known]
}

/** Whether the flags of an option, as `-u, --hidden-units <n>`, name it `hiddenUnits` or `hidden_units`. */
function isNamed(flags: Node | undefined, name: string): boolean {
  if (flags?.type !== 'StringLiteral') return false
  return flags.value.split(/[\s,|=]+/).some((flag) => {
    const bareFlag = flag.replace(/^-+/, '')
    const camel = bareFlag.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase())
    return name === bareFlag || name === camel || name === bareFlag.replaceAll('-', '_')
  })
}

/** The default that a declaration gives: a property of its options, or its last argument. */
function defaultIn(tracer: Tracer, call: Call, method: string, way: Way): Origin[] {
  const last = call.arguments.at(-1) as Node
  if (last.type === 'ObjectExpression') {
    const given = last.properties.find((each) => {
      const key = each.type === 'SpreadElement' ? null : keyOf(each)
      return key === 'default' || key === 'defaultValue'
    })
    return given?.type === 'ObjectProperty' ? tracer.trace(given.value, [], way) : []
  }
  const index = call.arguments.length - 1
  return method === 'default'
    ? index === 1
      ? tracer.trace(last, [], way)
      : []
    : index >= 2
      ? tracer.trace(last, [], way)
      : []
}
