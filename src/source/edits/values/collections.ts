import type { ArrayExpression, Node, ObjectExpression } from '@babel/types'
import { keyOf } from '../program/syntax.ts'
import { evaluate } from './evaluate.ts'
import { choosing, EACH, origin, type Origin, type Path, type Way, type Tracer } from './origin.ts'

/** A property of an object that is written out. The last property of a name counts, and a spread where it has the name. */
export function traceObject(tracer: Tracer, node: ObjectExpression, path: Path, way: Way): Origin[] {
  const [name, ...rest] = path
  if (name === undefined) return [origin('unknown', node, way)]
  const parts = node.properties.map((each) => (each.type === 'SpreadElement' ? { spread: each.argument } : each))
  return lastOf(parts.map((part, i) => ({ part, way: name === EACH ? choosing(way, node, i) : way })).reverse())

  function lastOf(backwards: { part: (typeof parts)[number]; way: Way }[]): Origin[] {
    const found: Origin[] = []
    for (const { part, way: here } of backwards) {
      const origins = tracePart(part, here)
      if (origins === null) continue
      if (name === EACH) found.unshift(...origins)
      else found.push(...origins.filter(({ kind }) => kind !== 'absent'))
      // A spread may lack the property. Then the one before it counts.
      if (name !== EACH && origins.every(({ kind }) => kind !== 'absent' && kind !== 'unknown')) return found
    }
    return name === EACH || found.some(({ kind }) => kind !== 'unknown')
      ? found
      : [...found, origin('absent', node, way)]
  }

  function tracePart(part: (typeof parts)[number], here: Way): Origin[] | null {
    if ('spread' in part) return tracer.trace(part.spread, path, here)
    const key = keyOf(part) ?? evaluate(tracer, part.key, here)
    if (name !== EACH && key !== null && String(key) !== name) return null
    if (part.type === 'ObjectProperty') return tracer.trace(part.value, rest, here)
    if (part.kind === 'get') return tracer.traceReturns(part, rest, here)
    return [origin(rest.length === 0 ? 'function' : 'absent', part, here)]
  }
}

/** An element of an array that is written out. */
export function traceArray(tracer: Tracer, node: ArrayExpression, path: Path, way: Way): Origin[] {
  const [name, ...rest] = path
  const { elements } = node
  if (name === 'length' && !elements.some((each) => each?.type === 'SpreadElement'))
    return [origin('computed', node, way, elements.length)]
  if (name === undefined) return [origin('unknown', node, way)]
  const index = /^\d+$/.test(name) ? Number(name) : null
  if (index === null && name !== EACH) return [origin('absent', node, way)]
  const spreadAt = elements.findIndex((each) => each?.type === 'SpreadElement')
  if (index !== null && (spreadAt < 0 || index < spreadAt)) {
    const element = elements[index]
    return element ? tracer.trace(element, rest, choosing(way, node, index)) : [origin('absent', node, way)]
  }
  return elements.flatMap((element, i) => (element ? eachOf(element, choosing(way, node, i)) : []))

  function eachOf(element: Node, here: Way): Origin[] {
    if (element.type === 'SpreadElement') return tracer.trace(element.argument, [EACH, ...rest], here)
    return tracer.trace(element, rest, here)
  }
}
