import type { Class, Function as FunctionNode, Node } from '@babel/types'
import { START, type Tracer } from './origin.ts'

/** The class of the program that a class extends. */
export function baseOf(tracer: Tracer, declared: Class | null): Class | null {
  if (!declared?.superClass) return null
  const found = tracer.trace(declared.superClass, [], START).find(({ kind }) => kind === 'class')
  return (found?.node as Class | undefined) ?? null
}

/** The class that a node is in. */
export function classAround(tracer: Tracer, node: Node): Class | null {
  for (let at = tracer.program.parentOf(node); at; at = tracer.program.parentOf(at))
    if (at.type === 'ClassDeclaration' || at.type === 'ClassExpression') return at
  return null
}

/** A class's constructor: its own, or that of the class it extends. */
export function constructorsOf(tracer: Tracer, declared: Class | null): FunctionNode[] {
  const seen = new Set<Class>()
  for (let node = declared; node && !seen.has(node); node = baseOf(tracer, node)) {
    seen.add(node)
    for (const member of node.body.body)
      if (member.type === 'ClassMethod' && member.kind === 'constructor') return [member]
  }
  return []
}

/** The classes of the program that extend a class, directly or through others. */
export function subclassesOf(tracer: Tracer, node: Node): Class[] {
  const extending = tracer.program.classes.filter(({ superClass }) => superClass)
  const found: Class[] = []
  const pending = [node]
  for (let base = pending.pop(); base; base = pending.pop())
    for (const each of extending) {
      if (found.includes(each) || each === node || baseOf(tracer, each) !== base) continue
      found.push(each)
      pending.push(each)
    }
  return found
}
