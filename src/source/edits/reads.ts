import type { Identifier, Node } from '@babel/types'
import { isExportsObject } from './program/exports.ts'
import type { Program } from './program/program.ts'
import { bare, memberName } from './program/syntax.ts'
import { EACH, type Origin, type Path, type Step, type Tracer } from './values/origin.ts'

const COMPARISONS = new Set(['==', '===', '!=', '!==', '<', '<=', '>', '>='])

/** An expression that begins with a name, with as many properties and calls behind it as the code has. */
export interface Read {
  /** The name, `this`, or the call of a function of that name. */
  base: Node
  /** The longest expression whose value a path within the name's value is: `config.hidden` in `config.hidden.map(f)`. */
  whole: Node
  /** The properties that `whole` reads. */
  access: Path
}

/** @param limit most properties to take into the expression */
export function readAt(program: Program, node: Node, limit = Infinity): Read {
  const access: string[] = []
  const called = program.parentOf(node)
  const base = called?.type === 'CallExpression' && called.callee === node ? called : node
  let whole = base
  for (let parent = program.parentOf(whole); parent; parent = program.parentOf(whole)) {
    if (bare(parent) !== parent && parent.type !== 'AwaitExpression') {
      whole = parent
      continue
    }
    if (parent.type !== 'MemberExpression' && parent.type !== 'OptionalMemberExpression') break
    if (parent.object !== whole || access.length >= limit) break
    // The method that is called is no value of interest.
    const outer = program.parentOf(parent)
    if (outer && 'callee' in outer && outer.callee === parent) break
    access.push(memberName(parent) ?? EACH)
    whole = parent
  }
  return { base, whole, access }
}

/**
 * The places that read a number in the source, beside the ways that lead from layers to it.
 * @param number where it is written
 * @param ways from the layers to it
 * @param known nodes of names and of `this` on ways from any layer
 */
export function otherReads(
  program: Program,
  tracer: Tracer & { start(node: Node, path?: Path): Origin[] },
  number: Node,
  ways: readonly (readonly Step[])[],
  known: ReadonlySet<Node>,
): Node[] {
  const steps = ways.flat()
  const bindings = new Set(steps.flatMap(({ binding }) => binding ?? []))
  const found = new Set<Node>()
  const consider = (node: Node, paths: readonly Path[]) => {
    if (known.has(node) || isPassedOn(program, node)) return
    const { base, whole, access } = readAt(program, node)
    if (isHarmless(program, whole) || isWrittenTo(program, whole)) return
    const reaches = (path: Path) => tracer.start(base, path).some((each) => each.node === number)
    if (reaches(access) || paths.some((path) => startsWith(path, access) && reaches(path))) found.add(whole)
  }
  const reads = program.modules.flatMap(({ bindings: all }) => [...new Set(all.values())])
  for (const binding of reads) {
    const isOwn = bindings.has(binding)
    if (!isOwn && !binding.written.some((node) => isFromModule(program, node))) continue
    const paths = steps.filter((step) => (isOwn ? step.binding === binding : true)).map(({ path }) => path)
    for (const node of binding.read) consider(node, paths)
  }
  for (const { node, binding, path } of steps) {
    if (binding) continue
    for (const other of program.ownerOf(node).parents.keys())
      if (other.type === 'ThisExpression' && other !== node && readAt(program, other).access[0] === path[0])
        consider(other, [path])
  }
  return [...found]
}

/** Whether a path leads to or into what an expression reads. */
function startsWith(path: Path, access: Path): boolean {
  return (
    access.length <= path.length && access.every((part, i) => part === path[i] || part === EACH || path[i] === EACH)
  )
}

/** Whether a name is imported or declared from `require`. */
function isFromModule(program: Program, written: Identifier): boolean {
  for (let parent = program.parentOf(written); parent; parent = program.parentOf(parent)) {
    if (parent.type.startsWith('Import')) return true
    if (parent.type !== 'VariableDeclarator') {
      if (['ObjectProperty', 'ObjectPattern', 'AssignmentPattern'].includes(parent.type)) continue
      return false
    }
    let init: Node | null = parent.init ? bare(parent.init) : null
    while (init && 'object' in init) init = bare(init.object)
    return init?.type === 'CallExpression' && ['Identifier', 'Import'].includes(init.callee.type)
  }
  return false
}

/** Whether a name is only exported. */
function isPassedOn(program: Program, node: Node): boolean {
  const parent = program.parentOf(node)
  if (parent?.type === 'ExportSpecifier' || parent?.type === 'ExportDefaultDeclaration') return true
  const holder = parent?.type === 'ObjectProperty' ? program.parentOf(program.parentOf(parent)!) : parent
  if (holder?.type !== 'AssignmentExpression') return false
  const left = bare(holder.left)
  return isExportsObject(left) || (left.type === 'MemberExpression' && isExportsObject(left.object))
}

/** Whether a number is only compared or shown, or an array only gets elements, or a class is constructed. */
function isHarmless(program: Program, node: Node): boolean {
  const parent = program.parentOf(node)
  if (parent?.type === 'TemplateLiteral') return true
  if (parent?.type === 'NewExpression' && parent.callee === node) return true
  if (parent?.type === 'MemberExpression' && ['push', 'unshift'].includes(memberName(parent) ?? '')) return true
  if (parent?.type === 'BinaryExpression') return COMPARISONS.has(parent.operator)
  if (parent?.type !== 'CallExpression') return false
  // A class of the program hands its arguments on to the library's.
  if (parent.callee.type === 'Super') return true
  if (parent.callee.type !== 'MemberExpression') return false
  const { object } = parent.callee
  return object.type === 'Identifier' && object.name === 'console'
}

function isWrittenTo(program: Program, node: Node): boolean {
  const parent = program.parentOf(node)
  return parent?.type === 'AssignmentExpression' && parent.left === node
}
