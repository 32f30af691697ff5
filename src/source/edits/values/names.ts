import type { Identifier, Node } from '@babel/types'
import type { Binding } from '../program/scopes.ts'
import { isFunction, keyOf, memberName } from '../program/syntax.ts'
import { evaluate } from './evaluate.ts'
import { traceImport } from './imports.ts'
import { EACH, origin, type Origin, type Path, type Way, type Tracer } from './origin.ts'
import { shifted, traceParameter } from './parameters.ts'

/** What a name stands for: all that is assigned to it, and to the property of it. */
export function traceName(tracer: Tracer, node: Identifier, path: Path, before: Way): Origin[] {
  const binding = tracer.program.bindingOf(node)
  if (!binding) return [origin('unknown', node, before)]
  const isCircle = before.steps.some((step) => step.binding === binding && step.path.join() === path.join())
  if (isCircle) return [origin('computed', node, before)]
  const way = { ...before, steps: [...before.steps, { node, binding, path }] }
  return traceBinding(tracer, binding, path, way)
}

/** What is assigned to a name anywhere. */
export function traceBinding(tracer: Tracer, binding: Binding, path: Path, way: Way): Origin[] {
  const assigned = binding.written.flatMap((written) => traceWritten(tracer, written, path, way))
  const changed = path.length > 0 ? changesWithin(tracer, binding, path, way) : []
  const known = changed.length > 0 ? assigned.filter(({ kind }) => kind !== 'absent') : assigned
  return [...known, ...changed]
}

/** What one declaration or assignment gives to a name. */
export function traceWritten(tracer: Tracer, written: Node, path: Path, way: Way): Origin[] {
  const defaults: { node: Node; path: Path }[] = []
  let [child, whole]: [Node, Path] = [written, path]
  for (let parent = tracer.program.parentOf(child); parent; child = parent, parent = tracer.program.parentOf(child)) {
    if (isFunction(parent) && parent.params.some((param) => param === child))
      return completed(
        traceParameter(tracer, parent, (parent.params as Node[]).indexOf(child), whole, way, defaults.length > 0),
      )
    switch (parent.type) {
      case 'ObjectProperty': {
        const key = keyOf(parent) ?? evaluate(tracer, parent.key, way)
        whole = [key === null ? EACH : String(key), ...whole]
        break
      }
      case 'ArrayPattern':
        if (child.type === 'RestElement') whole = shifted(whole, parent.elements.indexOf(child))
        else whole = [String(parent.elements.indexOf(child as never)), ...whole]
        break
      case 'ObjectPattern':
        if (child.type === 'RestElement' && isTakenBefore(parent.properties, whole))
          return [origin('absent', child, way)]
        break
      case 'RestElement':
      case 'TSParameterProperty':
        break
      case 'AssignmentPattern':
        defaults.push({ node: parent.right, path: whole })
        break
      case 'VariableDeclarator': {
        const loop = tracer.program.parentOf(tracer.program.parentOf(parent)!)
        if (loop?.type === 'ForOfStatement') return completed(tracer.trace(loop.right, [EACH, ...whole], way))
        if (parent.init) return completed(tracer.trace(parent.init, whole, way))
        // A loop over keys gives names, and a declaration alone gives nothing.
        return loop?.type === 'ForInStatement' ? [origin('computed', loop, way)] : []
      }
      case 'ForOfStatement':
        return completed(tracer.trace(parent.right, [EACH, ...whole], way))
      case 'AssignmentExpression':
        if (!['=', '||=', '??='].includes(parent.operator)) return [origin('computed', parent, way)]
        return completed(tracer.trace(parent.right, whole, way))
      case 'UpdateExpression':
      case 'ForInStatement':
        return [origin('computed', parent, way)]
      case 'ImportSpecifier':
      case 'ImportDefaultSpecifier':
      case 'ImportNamespaceSpecifier':
      case 'TSImportEqualsDeclaration':
        return traceImport(tracer, parent, whole, way)
      case 'TSEnumDeclaration': {
        const member = parent.members.find(({ id }) => memberName({ property: id }) === whole[0])
        return member?.initializer
          ? tracer.trace(member.initializer, whole.slice(1), way)
          : [origin('unknown', child, way)]
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ClassDeclaration':
      case 'ClassExpression':
        return tracer.trace(parent, whole, way)
      default:
        return [origin('unknown', written, way)]
    }
  }
  return [origin('unknown', written, way)]

  /** Takes the defaults of patterns, the outermost first, in the place of what is absent or may be. */
  function completed(origins: Origin[]): Origin[] {
    return defaults.reduceRight<Origin[]>(
      (known, given) =>
        known.flatMap((each) => {
          const isMissing = each.kind === 'absent'
          if (!isMissing && each.kind !== 'outside') return [each]
          return [...(isMissing ? [] : [each]), ...tracer.trace(given.node, given.path, way)]
        }),
      origins,
    )
  }
}

/** Whether an object pattern takes a property by its name, before the rest. */
function isTakenBefore(properties: readonly Node[], path: Path): boolean {
  return properties.some((each) => each.type === 'ObjectProperty' && keyOf(each) === path[0])
}

/** What is assigned to a property of a name's value, or pushed to its array. */
function changesWithin(tracer: Tracer, binding: Binding, [name, ...rest]: Path, way: Way): Origin[] {
  return binding.read.flatMap((node) => {
    const member = tracer.program.parentOf(node)
    if (member?.type !== 'MemberExpression' || member.object !== node) return []
    const parent = tracer.program.parentOf(member)
    const key = memberName(member)
    if (parent?.type === 'AssignmentExpression' && parent.left === member) {
      const isMeant =
        name === EACH || key === name || (key === null && [null, name].includes(keyIn(tracer, member, way)))
      if (!isMeant) return []
      return parent.operator === '=' ? tracer.trace(parent.right, rest, way) : [origin('computed', parent, way)]
    }
    if (parent?.type === 'UpdateExpression' && key === name) return [origin('computed', parent, way)]
    if (parent?.type !== 'CallExpression' || parent.callee !== member || !['push', 'unshift'].includes(key ?? ''))
      return []
    return parent.arguments.flatMap((each) =>
      each.type === 'SpreadElement' ? tracer.trace(each.argument, [EACH, ...rest], way) : tracer.trace(each, rest, way),
    )
  })
}

function keyIn(tracer: Tracer, { property }: { property: Node }, way: Way): string | null {
  const key = evaluate(tracer, property, way)
  return key === null ? null : String(key)
}
