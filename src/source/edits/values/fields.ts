import type { Class, Node } from '@babel/types'
import type { Call } from '../../parse.ts'
import { bare, isFunction, keyOf, memberName } from '../program/syntax.ts'
import { baseOf, constructorsOf, subclassesOf } from './classes.ts'
import { traceWritten } from './names.ts'
import { entering, origin, type Origin, type Path, type Way, type Tracer } from './origin.ts'
import { within } from './functions/returns.ts'

/** A property of `this`: of the class that the code is in, or of the object that has the method. */
export function traceThis(tracer: Tracer, node: Node, path: Path, way: Way): Origin[] {
  const holder = holderOf(tracer, node)
  if (!holder || path.length === 0) return [origin('unknown', node, way)]
  if (holder.type === 'ObjectExpression') return tracer.trace(holder, path, way)
  const isCircle = way.steps.some((step) => step.node === node && step.path.join() === path.join())
  if (isCircle) return [origin('computed', node, way)]
  const steps = [...way.steps, { node, binding: null, path }]
  const onwards = { ...way, steps }
  // A class of the program that extends this one may have a value of its own.
  const overridden = subclassesOf(tracer, holder).flatMap((each) => traceOwn(tracer, each, path, onwards))
  return [...overridden, ...traceField(tracer, holder, path, onwards)]
}

/** The class or object whose method holds `this`; null for a plain function. */
function holderOf(tracer: Tracer, node: Node): Node | null {
  for (let at = tracer.program.parentOf(node); at; at = tracer.program.parentOf(at)) {
    if (at.type === 'ClassDeclaration' || at.type === 'ClassExpression') return at
    if (at.type === 'ObjectMethod') return tracer.program.parentOf(at)
    if (at.type === 'FunctionDeclaration') return null
    if (at.type === 'FunctionExpression') {
      const property = tracer.program.parentOf(at)
      return property?.type === 'ObjectProperty' ? tracer.program.parentOf(property) : null
    }
  }
  return null
}

/** A property of an object that `new` makes. */
export function traceInstance(tracer: Tracer, declared: Class, call: Call, path: Path, way: Way): Origin[] {
  const [callee] = constructorsOf(tracer, declared)
  return traceField(tracer, declared, path, callee ? entering(way, callee, call) : way)
}

/** A property of a class's objects: a field, what `this` is assigned, an accessor or a method; else the base class's. */
function traceField(tracer: Tracer, node: Node, path: Path, way: Way): Origin[] {
  const declared = node as Class
  const found = traceOwn(tracer, declared, path, way)
  if (found.some(({ kind }) => kind !== 'absent')) return found
  const base = baseOf(tracer, declared)
  if (!base) return [origin('absent', declared, way)]
  return traceField(tracer, base, path, enteringBase(tracer, declared, base, way))
}

/** The same without the base class's; nothing where the class itself does not have it. */
function traceOwn(tracer: Tracer, declared: Class, path: Path, way: Way): Origin[] {
  const [name, ...rest] = path
  const found: Origin[] = []
  for (const member of declared.body.body) {
    if (member.type === 'ClassMethod' && member.kind === 'constructor')
      for (const param of member.params) {
        const isMeant = param.type === 'TSParameterProperty' && within(param.parameter).some(isNamed)
        if (isMeant) found.push(...traceWritten(tracer, within(param.parameter).find(isNamed)!, rest, way))
      }
    if (!('key' in member) || member.static || keyOf(member) !== name) continue
    if (isFunction(member)) {
      if (member.kind === 'get') found.push(...tracer.traceReturns(member, rest, way))
      else if (member.kind === 'method') found.push(origin(rest.length === 0 ? 'function' : 'absent', member, way))
    } else if ('value' in member && member.value) found.push(...tracer.trace(member.value, rest, way))
  }
  for (const assigned of assignmentsIn(declared)) found.push(...assigned)
  return found

  function isNamed(each: Node): boolean {
    return each.type === 'Identifier' && each.name === name
  }

  /** `this.units = …`, `({ units: this.units } = …)` and `Object.assign(this, …)`, wherever in the class. */
  function* assignmentsIn(node: Class): Generator<Origin[]> {
    for (const member of node.body.body)
      for (const each of nodesOf(member)) {
        if (each.type === 'CallExpression' && isAssignToThis(each))
          yield each.arguments.slice(1).flatMap((argument) => tracer.trace(argument, path, way))
        if (each.type !== 'MemberExpression' || bare(each.object).type !== 'ThisExpression') continue
        if (memberName(each) !== name) continue
        const parent = tracer.program.parentOf(each)
        const isPattern = parent?.type === 'ObjectProperty' || parent?.type === 'ArrayPattern'
        const isAssigned = parent?.type === 'AssignmentExpression' && parent.left === each
        if (isAssigned || (isPattern && isTarget(each))) yield traceWritten(tracer, each, rest, way)
        if (parent?.type === 'UpdateExpression') yield [origin('computed', parent, way)]
      }
  }

  function isTarget(each: Node): boolean {
    let child = each
    for (let at = tracer.program.parentOf(each); at; child = at, at = tracer.program.parentOf(at)) {
      if (at.type === 'AssignmentExpression') return at.left === child
      if (!['ObjectProperty', 'ObjectPattern', 'ArrayPattern', 'AssignmentPattern'].includes(at.type)) return false
    }
    return false
  }
}

function enteringBase(tracer: Tracer, declared: Class, base: Class, way: Way): Way {
  const [callee] = constructorsOf(tracer, base)
  const call = superCallIn(declared)
  return callee && call ? entering(way, callee, call) : way
}

/**
 * What a class of the program, whose objects `new` makes, hands on to the constructor of a class that is not in the
 * program: a property of one of the arguments. Nothing where it hands on nothing.
 */
export function traceHandedOn(tracer: Tracer, declared: Class, call: Call, path: Path, before: Way): Origin[] {
  const [callee] = constructorsOf(tracer, declared)
  let way = callee ? entering(before, callee, call) : before
  let last = declared
  const seen = new Set<Class>()
  for (let base = baseOf(tracer, last); base && !seen.has(base); base = baseOf(tracer, last)) {
    way = enteringBase(tracer, last, base, way)
    seen.add(base)
    last = base
  }
  const parts = superCallIn(last)?.arguments ?? []
  return parts.flatMap((each) => tracer.trace(each, path, way).filter(({ kind }) => kind !== 'absent'))
}

function superCallIn(declared: Class): Call | undefined {
  const [own] = declared.body.body.filter((each) => each.type === 'ClassMethod' && each.kind === 'constructor')
  const call = own && nodesOf(own).find((each) => each.type === 'CallExpression' && each.callee.type === 'Super')
  return call as Call | undefined
}

function isAssignToThis({ callee, arguments: [target] }: Call): boolean {
  return callee.type === 'MemberExpression' && memberName(callee) === 'assign' && target?.type === 'ThisExpression'
}

/** All nodes within a class member that have its `this`. */
function nodesOf(member: Node): Node[] {
  return within(member, ({ type }) => type === 'ArrowFunctionExpression')
}

/** A static property of a class. */
export function traceStatic(tracer: Tracer, declared: Class, [name, ...rest]: Path, way: Way): Origin[] {
  for (const member of declared.body.body) {
    if (!('key' in member) || !member.static || keyOf(member) !== name) continue
    if (isFunction(member)) {
      if (member.kind === 'get') return tracer.traceReturns(member, rest, way)
      return [origin(rest.length === 0 ? 'function' : 'absent', member, way)]
    }
    if ('value' in member && member.value) return tracer.trace(member.value, rest, way)
  }
  const base = baseOf(tracer, declared)
  return base ? traceStatic(tracer, base, [name!, ...rest], way) : [origin('absent', declared, way)]
}
